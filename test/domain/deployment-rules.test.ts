import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLIENT_STATUSES } from '#domain/inventory/client-status.ts';
import { reasonMessage } from '#domain/messages.ts';
import { assessClient } from '#domain/operations/client-rules.ts';
import type { ClientFacts, ClientNeeds } from '#domain/operations/client-rules.ts';
import { DEPLOY_METHODS, isDirect, streamOf } from '#domain/operations/deploy-method.ts';
import { assessDeployment } from '#domain/operations/deployment-rules.ts';
import type { DeploymentFacts } from '#domain/operations/deployment-rules.ts';
import { BLOCKING_REASONS, REASON_CODES, isBlocking, readinessOf } from '#domain/operations/reasons.ts';
import type { ReasonCode } from '#domain/operations/reasons.ts';
import { LOCALES } from '#lib/locale.ts';
import { ImageStatus } from '#prisma/generated/client/enums.ts';

type Partition = DeploymentFacts['disks'][number]['partitions'][number];

const GIB = 1024n ** 3n;
const windows: Partition = {
  number: 1,
  code: '7',
  fileSystem: 'NTFS',
  sizeBytes: 15n * GIB,
  operatingSystem: null,
  usedPercent: null,
  cachedImages: [],
};
const target: Partition = {
  number: 2,
  code: '83',
  fileSystem: 'EXT4',
  sizeBytes: 25n * GIB,
  operatingSystem: null,
  usedPercent: null,
  cachedImages: [],
};
const cache: Partition = {
  number: 4,
  code: 'CA',
  fileSystem: 'CACHE',
  sizeBytes: 9n * GIB,
  operatingSystem: null,
  usedPercent: null,
  cachedImages: [],
};

/** A client that nothing speaks against. */
const IDLE: ClientFacts = {
  status: 'OGLIVE',
  maintenance: false,
  hasActiveTrace: false,
  hasForcedTrace: false,
  isAddressAllowed: true,
  hasAgentSecret: true,
};
const ORDINARY: ClientNeeds = { state: 'OGLIVE', whenBusy: 'REFUSE', isForced: false };

/** The walkthrough: nothing speaks against it. */
const READY: DeploymentFacts = {
  firmware: 'UEFI',
  image: { name: 'image-test', sourceFirmware: 'UEFI' },
  method: 'UNICAST',
  multicastAddress: '239.194.2.3',
  unlikeSizes: null,
  disks: [{ number: 1, partitions: [windows, target, cache] }],
  repository: { name: 'ogRepository Demo' },
  replica: { status: 'READY', checksum: '00ff', sizeBytes: 3n * GIB },
  imageSizeBytes: 6n * GIB,
  target: { disk: 1, partition: 2 },
  clientCount: 1,
};

const partitions = (...all: Partition[]): Partial<DeploymentFacts> => ({ disks: [{ number: 1, partitions: all }] });
const assess = (changes: Partial<DeploymentFacts>) => assessDeployment({ ...READY, ...changes });
const codesOf = (changes: Partial<DeploymentFacts>): ReasonCode[] => assess(changes).map(({ code }) => code);

/** What calls each reason up, alone wherever that is possible. */
const CASES: Partial<Record<ReasonCode, { facts: Partial<DeploymentFacts>; params?: object; besides?: ReasonCode[] }>> =
  {
    NO_REPOSITORY: { facts: { repository: null, replica: null } },
    IMAGE_NOT_IN_REPOSITORY: { facts: { replica: null }, params: { repository: 'ogRepository Demo' } },
    IMAGE_NOT_READY: {
      facts: { replica: { status: 'CORRUPT', checksum: '00ff', sizeBytes: null } },
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
    CACHE_TOO_SMALL: {
      facts: { replica: { status: 'READY', checksum: '00ff', sizeBytes: 10n * GIB } },
      params: { needed: String(10n * GIB), available: String(9n * GIB) },
    },
    NO_ROOM_IN_CACHE: {
      facts: partitions(windows, target, { ...cache, usedPercent: 80 }),
      params: { needed: String(3n * GIB), available: String((9n * GIB * 20n) / 100n) },
    },
    CHECKSUM_UNKNOWN: {
      facts: { method: 'UDPCAST', replica: { status: 'READY', checksum: null, sizeBytes: null } },
    },
    NO_MULTICAST_ADDRESS: { facts: { method: 'UFTP', multicastAddress: null } },
    PARTITION_SIZES_DIFFER: {
      facts: { unlikeSizes: { smallest: 1n, largest: 2n } },
      params: { smallest: '1', largest: '2' },
    },
    FIRMWARE_DIFFERS: { facts: { firmware: 'BIOS' }, params: { firmware: 'BIOS', image: 'UEFI' } },
    PARTITION_WILL_BE_OVERWRITTEN: {
      facts: partitions(windows, { ...target, operatingSystem: 'Ubuntu 24.04' }, cache),
      params: { system: 'Ubuntu 24.04' },
    },
  };

/** What calls each reason up that has nothing to do with disks and images. */
const CLIENT_CASES: Partial<
  Record<ReasonCode, { facts: Partial<ClientFacts>; needs?: Partial<ClientNeeds>; params?: object }>
> = {
  CLIENT_IN_MAINTENANCE: { facts: { maintenance: true } },
  CLIENT_NOT_ON_OGLIVE: { facts: { status: 'LINUX_SESSION' }, params: { status: 'LINUX_SESSION' } },
  CLIENT_BUSY: { facts: { hasActiveTrace: true } },
  AGENT_SECRET_UNKNOWN: { facts: { status: 'WINDOWS', hasAgentSecret: false }, needs: { state: 'ON' } },
  SOMEONE_LOGGED_IN: {
    facts: { status: 'LINUX_SESSION' },
    needs: { state: 'ON' },
    params: { status: 'LINUX_SESSION' },
  },
  ADDRESS_NOT_ALLOWED: { facts: { isAddressAllowed: false } },
  CLIENT_IS_ON: { facts: { status: 'WINDOWS' }, needs: { state: 'OFF' }, params: { status: 'WINDOWS' } },
  WILL_WAIT_FOR_JOB: { facts: { hasActiveTrace: true, status: 'BUSY' }, needs: { whenBusy: 'QUEUE' } },
  JOB_WILL_BE_INTERRUPTED: { facts: { hasActiveTrace: true, status: 'BUSY' }, needs: { isForced: true } },
};

const DEPLOYMENT_REASONS = REASON_CODES.filter((code) => code in CASES);
const CLIENT_REASONS = REASON_CODES.filter((code) => code in CLIENT_CASES);

describe('each reason', () => {
  it.each(DEPLOYMENT_REASONS)('%s is given where it holds, with what its sentence needs', (code) => {
    const { facts = {}, params = {}, besides = [] } = CASES[code] ?? {};
    expect(assess(facts).find((reason) => reason.code === code)?.params).toEqual(params);
    expect(codesOf(facts).toSorted()).toEqual([code, ...besides].toSorted());
  });

  it.each(DEPLOYMENT_REASONS)('%s has its sentence in each language, with nothing left to fill in', (code) => {
    const { params = {} } = assess(CASES[code]?.facts ?? {}).find((reason) => reason.code === code) ?? {};
    const [spanish = '', english = ''] = LOCALES.map((locale) => reasonMessage(code, params, locale));
    expect(`${spanish}${english}`).not.toMatch(/[{}]|undefined/);
    expect(spanish).not.toBe(english);
  });
});

describe('each reason of a client', () => {
  it.each(CLIENT_REASONS)('%s is given alone where it holds', (code) => {
    const { facts = {}, needs = {}, params = {} } = CLIENT_CASES[code] ?? {};
    expect(assessClient({ ...IDLE, ...facts }, { ...ORDINARY, ...needs })).toEqual([{ code, params }]);
  });

  it('an order that is forced waits for one that is forced, and for nothing else', () => {
    const forced = { ...ORDINARY, isForced: true };
    expect(assessClient({ ...IDLE, status: 'BUSY' }, forced)).toEqual([]);
    expect(assessClient({ ...IDLE, hasForcedTrace: true }, forced)).toEqual([{ code: 'CLIENT_BUSY', params: {} }]);
  });

  it.each(['OFF', 'DISCONNECTED', 'UNKNOWN'] as const)('a client that is %s may be switched on', (status) => {
    expect(assessClient({ ...IDLE, status }, { ...ORDINARY, state: 'OFF' })).toEqual([]);
  });

  it.each(CLIENT_STATUSES)('a client that is %s', (status) => {
    const expected = { OGLIVE: [], BUSY: ['CLIENT_BUSY'] }[status as string] ?? ['CLIENT_NOT_ON_OGLIVE'];
    expect(assessClient({ ...IDLE, status }, ORDINARY).map(({ code }) => code)).toEqual(expected);
  });
});

describe('where a reason begins and ends', () => {
  it.each(DEPLOY_METHODS)('by %s', (method) => {
    const facts = { method, clientCount: 10, disks: [{ number: 1, partitions: [target] }] };
    expect(codesOf(facts)).toEqual([
      ...(streamOf(method) === null ? ['UNICAST_FOR_MANY'] : []),
      ...(isDirect(method) ? [] : ['TOO_FEW_PARTITIONS', 'NO_CACHE_PARTITION']),
    ]);
  });

  it('an image that lies in the cache needs no room there', () => {
    const full = { ...cache, usedPercent: 100, cachedImages: [{ name: 'image-test' }] };
    expect(codesOf(partitions(windows, target, full))).toEqual([]);
  });

  it('a P2P session needs no multicast address', () => {
    expect(codesOf({ method: 'P2P', multicastAddress: null })).toEqual([]);
  });

  it.each(Object.values(ImageStatus))('a copy of the image that is %s', (status) => {
    expect(codesOf({ replica: { status, checksum: '00ff', sizeBytes: null } })).toEqual(
      status === 'READY' ? [] : ['IMAGE_NOT_READY'],
    );
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
      ...partitions(small),
      replica: { status: 'TRASH' as const, checksum: null, sizeBytes: null },
      clientCount: 60,
    };
    const wrongClient = { ...IDLE, maintenance: true, status: 'OFF', isAddressAllowed: false } as const;
    expect(assessClient(wrongClient, ORDINARY).map(({ code }) => code)).toEqual([
      'CLIENT_IN_MAINTENANCE',
      'CLIENT_NOT_ON_OGLIVE',
      'ADDRESS_NOT_ALLOWED',
    ]);
    expect(codesOf(wrong)).toEqual([
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
    const reasons = [...assess({ imageSizeBytes: null }), ...assessClient({ ...IDLE, maintenance: true }, ORDINARY)];
    expect(readinessOf(reasons)).toBe('BLOCKED');
  });
});

const anyPartition = fc.record<Partition>({
  number: fc.integer({ min: 1, max: 4 }),
  code: fc.constantFrom('83', '7', 'CA', 'ca00', '0'),
  fileSystem: fc.constantFrom('EXT4', 'NTFS', 'CACHE', null),
  sizeBytes: fc.bigInt(0n, 30n).map((size) => size * GIB),
  operatingSystem: fc.option(fc.constant('Ubuntu')),
  usedPercent: fc.option(fc.integer({ min: 0, max: 100 })),
  cachedImages: fc.constantFrom([], [{ name: 'image-test' }]),
});
const byNumber = ({ number }: { number: number }) => number;
/** The walkthrough with a few things changed: were everything made up, hardly ever would nothing speak against it. */
const anyFacts = fc.record<DeploymentFacts>({
  firmware: fc.constantFrom('BIOS' as const, 'UEFI' as const, null),
  image: fc.constant(READY.image),
  method: fc.constant('UNICAST' as const),
  multicastAddress: fc.constant(null),
  unlikeSizes: fc.constant(null),
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
  replica: mostly(
    READY.replica,
    fc.option(
      fc.record({
        status: fc.constantFrom(...Object.values(ImageStatus)),
        checksum: fc.option(fc.constant('00ff')),
        sizeBytes: fc.option(fc.bigInt(0n, 30n).map((size) => size * GIB)),
      }),
    ),
  ),
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
  disks,
  repository,
  replica,
  imageSizeBytes,
  target: { disk, partition },
}: DeploymentFacts): boolean {
  const isCache = ({ code, fileSystem }: Partition) => /^ca(00)?$/i.test(code) || fileSystem === 'CACHE';
  const all = disks.flatMap((each) => [...each.partitions]);
  const chosen = disks.find(({ number }) => number === disk)?.partitions.find(({ number }) => number === partition);
  const holder = all.find(isCache);
  const isCacheFit =
    holder === undefined || (replica?.sizeBytes ?? 0n) <= holder.sizeBytes || holder.cachedImages.length > 0;
  const isImageFit = repository !== null && replica?.status === 'READY';
  return (
    isCacheFit &&
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
