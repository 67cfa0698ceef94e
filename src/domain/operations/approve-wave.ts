import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import { lockOperation } from './lock-operation.ts';
import { parseWaves } from './waves.ts';

/** Says that a wave may go. Said twice, or of one that has gone, it changes nothing. */
export type ApproveWave = (operationId: string, wave: number) => Promise<void>;

/** @throws {NotFoundError | InvalidInputError} for an operation that there is not, and a wave that is not the next one. */
export function createApproveWave({ db, onApproved }: { db: Storage; onApproved: () => void }): ApproveWave {
  return async (operationId, wave) => {
    await db.$transaction(async (tx) => {
      await lockOperation(tx, operationId);
      const operation = await tx.operation.findUnique({
        where: { id: operationId },
        select: { waves: true, openWave: true, approvedWave: true },
      });
      if (operation === null) throw new NotFoundError(['input', 'operationId'], 'Operation');
      const next = operation.openWave + 1;
      if (parseWaves(operation.waves) === null || wave < 1 || wave > next) {
        throw new InvalidInputError(['input', 'wave'], 'OUT_OF_RANGE', { min: 1, max: next });
      }
      if (operation.approvedWave >= wave) return;
      await tx.operation.update({ where: { id: operationId }, data: { approvedWave: wave } });
    });
    onApproved();
  };
}
