import { z } from 'zod';
import { InvalidInputError } from '#domain/errors.ts';

export const WAVE_APPROVALS = ['NONE', 'AFTER_FIRST', 'BETWEEN_WAVES'] as const;

const waves = z.object({
  /** Clients of the first wave. */
  first: z.number().int(),
  /** Clients of each wave after it; null: as many as the first. */
  each: z.number().int().nullable(),
  /** Whether the wave after the second one is all that is left. */
  rest: z.boolean(),
  /** How many failures keep the rest from being told anything; null: however many. */
  stopAfterFailures: z.number().int().nullable(),
  /** Before which waves somebody has to say that it may go on. */
  approve: z.enum(WAVE_APPROVALS),
});

/** How an operation reaches its clients by and by. */
export type Waves = z.output<typeof waves>;

/** @throws {z.ZodError} when it is nothing that this version has stored. */
export function parseWaves(stored: unknown): Waves | null {
  return stored === null || stored === undefined ? null : waves.parse(stored);
}

const MAX_WAVE = 5000;

/** @throws {InvalidInputError} at the number that makes no sense. */
export function checkWaves({ first, each, stopAfterFailures }: Waves): void {
  const fields = [
    ['first', first],
    ['then', each],
    ['stopAfterFailures', stopAfterFailures],
  ] as const;
  for (const [field, value] of fields) {
    if (value !== null && (value < 1 || value > MAX_WAVE)) {
      throw new InvalidInputError(['input', 'waves', field], 'OUT_OF_RANGE', { min: 1, max: MAX_WAVE });
    }
  }
}

/** Which wave the client at a place of the list belongs to, from 0. */
export function waveOf(index: number, { first, each, rest }: Waves): number {
  if (index < first) return 0;
  const wave = 1 + Math.floor((index - first) / (each ?? first));
  return rest ? Math.min(wave, 2) : wave;
}

/** Whether a wave may only be let go when somebody has said so. */
export function needsApproval({ approve }: Waves, wave: number): boolean {
  return approve === 'BETWEEN_WAVES' || (approve === 'AFTER_FIRST' && wave === 1);
}
