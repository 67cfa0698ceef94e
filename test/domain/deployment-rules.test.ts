import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLIENT_STATUSES } from '#domain/inventory/client-status.ts';
import { reasonMessage } from '#domain/messages.ts';
import { assessDeployment } from '#domain/operations/deployment-rules.ts';
import type { DeploymentFacts } from '#domain/operations/deployment-rules.ts';
import { BLOCKING_REASONS, REASON_CODES, isBlocking, readinessOf } from '#domain/operations/reasons.ts';
import type { ReasonCode } from '#domain/operations/reasons.ts';
import { LOCALES } from '#lib/locale.ts';
import { ImageStatus } from '#prisma/generated/client/enums.ts';

type Partition = DeploymentFacts['disks'][number]['partitions'][number];

const GIB = 1024n ** 3n;
const windows: Partition = { number: 1, code: '7', fileSystem: 'NTFS', sizeBytes: 15n * GIB, operatingSystem: null };
const target: Partition = { number: 2, code: '83', fileSystem: 'EXT4', sizeBytes: 25n * GIB, operatingSystem: null };
const cache: Partition = { number: 4, code: 'CA', fileSystem: 'CACHE', sizeBytes: 9n * GIB, operatingSystem: null };

/** The walkthrough: nothing speaks against it. */
const READY: DeploymentFacts = {
  client: { status: 'OGLIVE', maintenance: false, hasActiveTrace: false, isAddressAllowed: true },
  disks: [{ number: 1, partitions: [windows, target, cache] }],
  repository: { name: 'ogRepository Demo' },
  replica: { status: 'READY' },
  imageSizeBytes: 6n * GIB,
  target: { disk: 1, partition: 2 },
  clientCount: 1,
};

const client = (changes: Partial<DeploymentFacts['client']>): Partial<DeploymentFacts> => ({
  client: { ...READY.client, ...changes },
});
const partitions = (...all: Partition[]): Partial<DeploymentFacts> => ({ disks: [{ number: 1, partitions: all }] });
const assess = (changes: Partial<DeploymentFacts>) => assessDeployment({ ...READY, ...changes });
const codesOf = (changes: Partial<DeploymentFacts>): ReasonCode[] => assess(changes).map(({ code }) => code);

type DeploymentReason = Exclude<ReasonCode, 'NOT_IN_CACHE' | 'NO_OPERATING_SYSTEM'>;

/** What calls each reason up, alone wherever that is possible. */
const CASES: Record<DeploymentReason, { facts: Partial<DeploymentFacts>; params?: object; besides?: ReasonCode[] }> = {
  CLIENT_IN_MAINTENANCE: { facts: client({ maintenance: true }) },
  CLIENT_NOT_ON_OGLIVE: { facts: client({ status: 'LINUX_SESSION' }), params: { status: 'LINUX_SESSION' } },
  CLIENT_BUSY: { facts: client({ hasActiveTrace: true }) },
  ADDRESS_NOT_ALLOWED: { facts: client({ isAddressAllowed: false }) },
  NO_REPOSITORY: { facts: { repository: null, replica: null } },
  IMAGE_NOT_IN_REPOSITORY: { facts: { replica: null }, params: { repository: 'ogRepository Demo' } },
  IMAGE_NOT_READY: {
    facts: { replica: { status: 'CORRUPT' } },
    params: { repository: 'ogRepository Demo', status: 'CORRUPT' },
  },
  DISK_NOT_FOUND: { facts: { target: { disk: 2, partition: 2 } }, params: { disk: 2 } },
  PARTITION_NOT_FOUND: { facts: { target: { disk: 1, partition: 3 } }, params: { disk: 1, partition: 3 } },
  PARTITION_IS_CACHE: { facts: { target: { disk: 1, partition: 4 } }, params: { disk: 1, partition: 4 } },
  // A single partition is the target or the CACHE, so something else is always missing too.
  TOO_FEW_PARTITIONS: { facts: partitions(target), params: { count: 1 }, besides: ['NO_CACHE_PARTITION'] },
  NO_CACHE_PARTITION: { facts: partitions(windows, target) },
  PARTITION_TOO_SMALL: {
    facts: { imageSizeBytes: 25n * GIB + 1n },
    params: { needed: String(25n * GIB + 1n), available: String(25n * GIB) },
  },
  IMAGE_SIZE_UNKNOWN: { facts: { imageSizeBytes: null } },
  UNICAST_FOR_MANY: { facts: { clientCount: 10 }, params: { count: 10 } },
  PARTITION_WILL_BE_OVERWRITTEN: {
    facts: partitions(windows, { ...target, operatingSystem: 'Ubuntu 24.04' }, cache),
    params: { system: 'Ubuntu 24.04' },
  },
};

const DEPLOYMENT_REASONS = REASON_CODES.filter((code) => code !== 'NOT_IN_CACHE' && code !== 'NO_OPERATING_SYSTEM');

describe('each reason', () => {
  it.each(DEPLOYMENT_REASONS)('%s is given where it holds, with what its sentence needs', (code) => {
    const { facts, params = {}, besides = [] } = CASES[code];
    expect(assess(facts).find((reason) => reason.code === code)?.params).toEqual(params);
    expect(codesOf(facts).toSorted()).toEqual([code, ...besides].toSorted());
  });

  it.each(DEPLOYMENT_REASONS)('%s has its sentence in each language, with nothing left to fill in', (code) => {
    const { params = {} } = assess(CASES[code].facts).find((reason) => reason.code === code) ?? {};
    const [spanish = '', english = ''] = LOCALES.map((locale) => reasonMessage(code, params, locale));
    expect(`${spanish}${english}`).not.toMatch(/[{}]|undefined/);
    expect(spanish).not.toBe(english);
  });
});

describe('where a reason begins and ends', () => {
  it.each(CLIENT_STATUSES)('a client that is %s', (status) => {
    const expected = { OGLIVE: [], BUSY: ['CLIENT_BUSY'] }[status as string] ?? ['CLIENT_NOT_ON_OGLIVE'];
    expect(codesOf(client({ status }))).toEqual(expected);
  });

  it.each(Object.values(ImageStatus))('a copy of the image that is %s', (status) => {
    expect(codesOf({ replica: { status } })).toEqual(status === 'READY' ? [] : ['IMAGE_NOT_READY']);
  });

  it.each(['CA', 'ca', 'CA00'])('a CACHE by its code %s, whatever its filesystem', (code) => {
    expect(codesOf(partitions(windows, target, { ...cache, code, fileSystem: null }))).toEqual([]);
  });

  it('a CACHE by its filesystem, whatever its code', () => {
    expect(codesOf(partitions(windows, target, { ...cache, code: '83' }))).toEqual([]);
  });

  it('a CACHE on another disk counts', () => {
    const disks = [
      { number: 1, partitions: [target] },
      { number: 2, partitions: [cache] },
    ];
    expect(codesOf({ disks })).toEqual([]);
  });

  it('a partition exactly as large as the image is large enough', () => {
    expect(codesOf({ imageSizeBytes: target.sizeBytes })).toEqual([]);
  });

  it('nine clients are not many', () => {
    expect(codesOf({ clientCount: 9 })).toEqual([]);
  });
});

describe('a client with which everything is wrong', () => {
  it('hears of it all at once', () => {
    const small: Partition = { ...target, sizeBytes: 1n, operatingSystem: 'Debian' };
    const wrong = {
      ...client({ maintenance: true, status: 'OFF', isAddressAllowed: false }),
      ...partitions(small),
      replica: { status: 'TRASH' as const },
      clientCount: 60,
    };
    expect(codesOf(wrong)).toEqual([
      'CLIENT_IN_MAINTENANCE',
      'CLIENT_NOT_ON_OGLIVE',
      'ADDRESS_NOT_ALLOWED',
      'UNICAST_FOR_MANY',
      'IMAGE_NOT_READY',
      'TOO_FEW_PARTITIONS',
      'NO_CACHE_PARTITION',
      'PARTITION_TOO_SMALL',
      'PARTITION_WILL_BE_OVERWRITTEN',
    ]);
  });
});

describe('readiness', () => {
  it('is READY for the walkthrough', () => {
    expect(readinessOf(assessDeployment(READY))).toBe('READY');
  });

  it.each(REASON_CODES)('of a client with %s', (code) => {
    expect(readinessOf([{ code, params: {} }])).toBe(
      BLOCKING_REASONS.some((blocking) => blocking === code) ? 'BLOCKED' : 'WARNING',
    );
  });

  it('is BLOCKED where a warning and a reason come together', () => {
    expect(readinessOf(assess({ imageSizeBytes: null, ...client({ maintenance: true }) }))).toBe('BLOCKED');
  });
});

const anyPartition = fc.record<Partition>({
  number: fc.integer({ min: 1, max: 4 }),
  code: fc.constantFrom('83', '7', 'CA', 'ca00', '0'),
  fileSystem: fc.constantFrom('EXT4', 'NTFS', 'CACHE', null),
  sizeBytes: fc.bigInt(0n, 30n).map((size) => size * GIB),
  operatingSystem: fc.option(fc.constant('Ubuntu')),
});
const byNumber = ({ number }: { number: number }) => number;
/** The walkthrough with a few things changed: were everything made up, hardly ever would nothing speak against it. */
const anyFacts = fc.record<DeploymentFacts>({
  client: mostly(
    READY.client,
    fc.record({
      status: fc.constantFrom(...CLIENT_STATUSES),
      maintenance: fc.boolean(),
      hasActiveTrace: fc.boolean(),
      isAddressAllowed: fc.boolean(),
    }),
  ),
  disks: mostly(
    READY.disks,
    fc.uniqueArray(
      fc.record({
        number: fc.integer({ min: 1, max: 2 }),
        partitions: fc.uniqueArray(anyPartition, { maxLength: 4, selector: byNumber }),
      }),
      { selector: byNumber },
    ),
  ),
  repository: mostly(READY.repository, fc.constant(null)),
  replica: mostly(READY.replica, fc.option(fc.record({ status: fc.constantFrom(...Object.values(ImageStatus)) }))),
  imageSizeBytes: mostly(READY.imageSizeBytes, fc.option(fc.bigInt(0n, 30n).map((size) => size * GIB))),
  target: mostly(
    READY.target,
    fc.record({ disk: fc.integer({ min: 1, max: 2 }), partition: fc.integer({ min: 1, max: 4 }) }),
  ),
  clientCount: fc.integer({ min: 1, max: 20 }),
});

function mostly<T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
}

/** Issue 2 in one sentence: what a deployment needs. Said here anew, to be compared with the rules. */
function mayBeDeployed({
  client: { status, maintenance, hasActiveTrace, isAddressAllowed },
  disks,
  repository,
  replica,
  imageSizeBytes,
  target: { disk, partition },
}: DeploymentFacts): boolean {
  const isCache = ({ code, fileSystem }: Partition) => /^ca(00)?$/i.test(code) || fileSystem === 'CACHE';
  const all = disks.flatMap((each) => [...each.partitions]);
  const chosen = disks.find(({ number }) => number === disk)?.partitions.find(({ number }) => number === partition);
  const isClientFit = status === 'OGLIVE' && !maintenance && !hasActiveTrace && isAddressAllowed;
  const isImageFit = repository !== null && replica?.status === 'READY';
  return (
    isClientFit &&
    isImageFit &&
    all.length >= 2 &&
    all.some(isCache) &&
    chosen !== undefined &&
    !isCache(chosen) &&
    chosen.sizeBytes >= (imageSizeBytes ?? 0n)
  );
}

describe('any client, image and partition', () => {
  it('is BLOCKED exactly where some reason is a blocking one, and READY exactly where there is none at all', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const reasons = assessDeployment(facts);
        const readiness = readinessOf(reasons);
        expect(readiness === 'BLOCKED').toBe(
          reasons.some(({ code }) => BLOCKING_REASONS.some((blocking) => blocking === code)),
        );
        expect(readiness === 'READY').toBe(reasons.length === 0);
        expect(
          reasons.every(({ code }) => isBlocking(code) === BLOCKING_REASONS.some((blocking) => blocking === code)),
        ).toBe(true);
        expect(new Set(reasons.map(({ code }) => code)).size).toBe(reasons.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('is BLOCKED exactly where the conditions of a deployment do not all hold', () => {
    let allowed = 0;
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (mayBeDeployed(facts)) allowed += 1;
        expect(readinessOf(assessDeployment(facts)) !== 'BLOCKED').toBe(mayBeDeployed(facts));
      }),
      { numRuns: 5000 },
    );
    // Were they nearly all blocked, the comparison would say little.
    expect(allowed).toBeGreaterThan(200);
  });
});
