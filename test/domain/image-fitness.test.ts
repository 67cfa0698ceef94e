import { describe, expect, it } from 'vitest';
import { assessFitness, isFit } from '#domain/imaging/image-fitness.ts';
import type { FitnessFacts, FitnessReason } from '#domain/imaging/image-fitness.ts';
import { reasonMessage } from '#domain/messages.ts';
import { assessDeployment } from '#domain/operations/deployment-rules.ts';
import { LOCALES } from '#lib/locale.ts';

const GIB = 1024n ** 3n;
const FIT: FitnessFacts = {
  disks: [
    {
      number: 1,
      partitions: [
        { number: 1, code: '83', fileSystem: 'EXT4', sizeBytes: 25n * GIB },
        { number: 4, code: 'CA', fileSystem: 'CACHE', sizeBytes: 9n * GIB },
      ],
    },
  ],
  repository: { name: 'ogRepository Demo' },
  replica: { status: 'READY' },
  imageSizeBytes: 6n * GIB,
  target: { disk: 1, partition: 1 },
};
const codesOf = (reasons: readonly FitnessReason[]) => reasons.map(({ code }) => code);

const CASES: [changes: Partial<FitnessFacts>, codes: FitnessReason['code'][], fits: boolean][] = [
  [{}, [], true],
  [{ imageSizeBytes: null }, ['IMAGE_SIZE_UNKNOWN'], true],
  [{ imageSizeBytes: 25n * GIB }, [], true],
  [{ imageSizeBytes: 25n * GIB + 1n }, ['PARTITION_TOO_SMALL'], false],
  [{ repository: null, replica: null }, ['NO_REPOSITORY'], false],
  [{ replica: null }, ['IMAGE_NOT_IN_REPOSITORY'], false],
  [{ replica: { status: 'TRASH' } }, ['IMAGE_NOT_READY'], false],
  [{ target: { disk: 2, partition: 1 } }, ['DISK_NOT_FOUND'], false],
  [{ target: { disk: 1, partition: 2 } }, ['PARTITION_NOT_FOUND'], false],
  [{ target: { disk: 1, partition: 4 } }, ['PARTITION_IS_CACHE'], false],
  [
    { replica: { status: 'CORRUPT' }, target: { disk: 1, partition: 4 }, imageSizeBytes: 10n * GIB },
    ['IMAGE_NOT_READY', 'PARTITION_IS_CACHE', 'PARTITION_TOO_SMALL'],
    false,
  ],
];

describe('an image for a partition', () => {
  it.each(CASES)('%#: %o is answered %j', (changes, codes, fits) => {
    const reasons = assessFitness({ ...FIT, ...changes });
    expect(codesOf(reasons)).toEqual(codes);
    expect(isFit(reasons)).toBe(fits);
  });

  const BARE = { operatingSystem: null, usedPercent: null, cachedImages: [] };

  it.each(CASES)('%#: is refused by a deployment for the same reasons, in the same words', (changes) => {
    const facts = { ...FIT, ...changes };
    const disks = facts.disks.map((disk) => ({
      ...disk,
      partitions: disk.partitions.map((partition) => ({ ...partition, ...BARE })),
    }));
    const replica = facts.replica === null ? null : { ...facts.replica, checksum: null, sizeBytes: null };
    const image = { name: 'image-test', sourceFirmware: null };
    const way = {
      method: 'UNICAST',
      multicastAddress: null,
      clientCount: 1,
      unlikeSizes: null,
      firmware: null,
    } as const;
    expect(assessDeployment({ ...facts, ...way, disks, replica, image })).toEqual(assessFitness(facts));
  });

  it('of a client that there is not, fits nowhere, and says so in each language', () => {
    const reasons = assessFitness(null);
    expect(codesOf(reasons)).toEqual(['CLIENT_NOT_FOUND']);
    expect(isFit(reasons)).toBe(false);
    const sentences = LOCALES.map((locale) => reasonMessage('CLIENT_NOT_FOUND', {}, locale));
    expect(new Set(sentences).size).toBe(LOCALES.length);
  });
});
