import { recordHardware, recordSoftware } from '#domain/profiles/record-inventory.ts';
import type { Transaction } from '#domain/storage.ts';
import { recordDeployedImage } from './record-deployed-image.ts';
import type { TraceInput } from './trace-input.ts';

/**
 * Writes what a job that succeeded left behind besides what the reported disks say. Call it after those were applied. A failure records
 * nothing: what it did, nobody knows.
 */
export async function recordResult(
  tx: Transaction,
  clientId: string,
  input: TraceInput,
  output: string | null,
  now: Date,
): Promise<void> {
  switch (input.action) {
    case 'DEPLOY_IMAGE':
      await recordDeployedImage(tx, clientId, input, now);
      return;
    case 'DELETE_CACHED_IMAGE':
      await tx.cachedImage.deleteMany({ where: { name: input.imageName, partition: { clientId } } });
      return;
    case 'SOFTWARE_INVENTORY':
      if (output !== null) await recordSoftware(tx, clientId, input, output);
      return;
    case 'HARDWARE_INVENTORY':
      if (output !== null) await recordHardware(tx, clientId, output);
      return;
    case 'RUN_SCRIPT':
    case 'POWER_OFF':
    case 'REBOOT':
    case 'START_SESSION':
      return;
  }
}
