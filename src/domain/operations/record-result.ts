import type { InventoryOrigin } from '#domain/profiles/inventory-difference.ts';
import { recordHardware, recordSoftware } from '#domain/profiles/record-inventory.ts';
import type { Transaction } from '#domain/storage.ts';
import type { JobReport } from '#domain/tracing/job-report.ts';
import { recordCapturedImage } from './record-captured-image.ts';
import { recordDeployedImage } from './record-deployed-image.ts';
import { recordNewLayout } from './record-new-layout.ts';
import type { TraceInput } from './trace-input.ts';

/**
 * Writes what a job that succeeded left behind besides what the reported disks say. Call it after those were applied. A failure records
 * nothing: what it did, nobody knows.
 */
export async function recordResult(
  tx: Transaction,
  origin: InventoryOrigin,
  input: TraceInput,
  { output, dataSizeBytes }: Pick<JobReport, 'output' | 'dataSizeBytes'>,
): Promise<void> {
  const { clientId, now } = origin;
  switch (input.action) {
    case 'CREATE_IMAGE':
      await recordCapturedImage(tx, origin, input, { software: output, dataSizeBytes });
      return;
    case 'DEPLOY_IMAGE':
      await recordDeployedImage(tx, clientId, input, now);
      return;
    case 'PARTITION_AND_FORMAT':
      await recordNewLayout(tx, clientId, input);
      return;
    case 'DELETE_CACHED_IMAGE':
      await tx.cachedImage.deleteMany({ where: { name: input.imageName, partition: { clientId } } });
      return;
    case 'SOFTWARE_INVENTORY':
      if (output !== null) await recordSoftware(tx, origin, input, output);
      return;
    case 'HARDWARE_INVENTORY':
      if (output !== null) await recordHardware(tx, origin, output);
      return;
    case 'RUN_SCRIPT':
    case 'POWER_ON':
    case 'POWER_OFF':
    case 'REBOOT':
    case 'START_SESSION':
      return;
  }
}
