import { encodeGlobalID } from '@pothos/plugin-relay';
import fc from 'fast-check';
import { isCachePartition } from '#domain/inventory/partition-code.ts';
import type { Storage } from '#domain/storage.ts';
import { ACTIVE_STATUSES } from '#domain/tracing/trace-status.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { ClientFilter } from '#test/operations.generated.ts';
import type { Campus } from './create-campus.ts';

const WITH_EVERYTHING = {
  room: { include: { roomGroup: { include: { parent: true } } } },
  group: { include: { parent: true } },
  partitions: { include: { cachedImages: true } },
  traces: true,
} satisfies Prisma.ClientInclude;

type WholeClient = Prisma.ClientGetPayload<{ include: typeof WITH_EVERYTHING }>;

interface FetchedCampus {
  clients: WholeClient[];
  /** Present revisions of images, by id. */
  revisions: Map<string, number>;
}

export async function fetchCampus(db: Storage): Promise<FetchedCampus> {
  const images = await db.image.findMany({ select: { id: true, revision: true } });
  return {
    clients: await db.client.findMany({ include: WITH_EVERYTHING }),
    revisions: new Map(images.map(({ id, revision }) => [id, revision])),
  };
}

type Field = Exclude<keyof ClientFilter, 'and' | 'or' | 'not'>;
/** Values that each condition is tried with. */
type ConditionValues = { [TField in Field]-?: fc.Arbitrary<NonNullable<ClientFilter[TField]>> };
type Meanings = { [TField in Field]-?: (value: NonNullable<ClientFilter[TField]>, client: WholeClient) => boolean };

/** What a filter means, written down once more, without a database. */
export function createEvaluation({ revisions }: FetchedCampus): (filter: ClientFilter, client: WholeClient) => boolean {
  const is = (globalId: string, type: string, id: string | null | undefined) =>
    typeof id === 'string' && globalId === encodeGlobalID(type, id);
  const contains = (text: string | null, part: string) =>
    (text ?? '\n').toLowerCase().includes(part.toLowerCase()) && text !== null;
  const bare = (mac: string) => mac.replaceAll(/[:.-]/g, '').toUpperCase();
  const toNumber = (ip: string) => ip.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);

  const meanings: Meanings = {
    ids: (ids, { id }) => ids.some((each) => is(each, 'Client', id)),
    nameContains: (part, { name }) => contains(name, part),
    mac: (macs, { mac }) => macs.some((each) => bare(each) === bare(mac)),
    macStartsWith: (text, { mac }) => bare(mac).startsWith(bare(text)),
    ip: (addresses, { ip }) => addresses.includes(ip),
    inNetwork: (cidr, { ip }) => {
      const [network = '', length] = cidr.split('/');
      const size = 2 ** (32 - Number(length));
      return Math.floor(toNumber(network) / size) === Math.floor(toNumber(ip) / size);
    },
    status: (statuses, { status }) => statuses.includes(status),
    roomId: (id, { roomId }) => is(id, 'Room', roomId),
    roomIds: (ids, { roomId }) => ids.some((id) => is(id, 'Room', roomId)),
    centerId: (id, { room }) => is(id, 'Center', room.centerId),
    groupId: (id, { groupId }) => is(id, 'ClientGroup', groupId),
    insideGroupId: (id, { group }) => is(id, 'ClientGroup', group?.id) || is(id, 'ClientGroup', group?.parentId),
    roomGroupId: (id, { room }) =>
      is(id, 'RoomGroup', room.roomGroupId) || is(id, 'RoomGroup', room.roomGroup?.parentId),
    subnetId: (id, { subnetId }) => is(id, 'Subnet', subnetId),
    repositoryId: (id, { repositoryId }) => is(id, 'Repository', repositoryId),
    deployedImage: ({ imageId, revision, olderThan }, { partitions }) =>
      partitions.some(
        (partition) =>
          is(imageId, 'Image', partition.imageId) &&
          (typeof revision !== 'number' || partition.imageRevision === revision) &&
          (typeof olderThan !== 'number' || (partition.imageRevision !== null && partition.imageRevision < olderThan)),
      ),
    imageDrift: ({ imageId, revision, includeMissing }, { partitions }) => {
      const [, present] = [...revisions].find(([id]) => is(imageId, 'Image', id)) ?? [];
      if (present === undefined) return false;
      const copies = partitions.filter((partition) => is(imageId, 'Image', partition.imageId));
      return (
        copies.every((partition) => partition.imageRevision !== (revision ?? present)) &&
        (includeMissing !== false || copies.length > 0)
      );
    },
    cachedImageId: (id, { partitions }) =>
      partitions.some(({ cachedImages }) => cachedImages.some(({ imageId }) => is(id, 'Image', imageId))),
    hasCache: (wanted, { partitions }) => partitions.some(isCachePartition) === wanted,
    operatingSystemContains: (part, { partitions }) =>
      partitions.some(({ operatingSystem }) => contains(operatingSystem, part)),
    lastSeenBefore: (at, { lastSeenAt }) => lastSeenAt === null || lastSeenAt.getTime() < Date.parse(at),
    lastSeenAfter: (at, { lastSeenAt }) => lastSeenAt !== null && lastSeenAt.getTime() >= Date.parse(at),
    maintenance: (wanted, { maintenance }) => maintenance === wanted,
    firmware: (wanted, { firmware }) => firmware !== null && wanted.includes(firmware),
    hasActiveTrace: (wanted, { traces }) =>
      traces.some(({ status }) => ACTIVE_STATUSES.some((active) => active === status)) === wanted,
  };

  const evaluate = ({ and, or, not, ...conditions }: ClientFilter, client: WholeClient): boolean =>
    Object.entries(conditions).every(
      ([field, value]) => value === null || meanings[field as Field](value as never, client),
    ) &&
    (and ?? []).every((each) => evaluate(each, client)) &&
    (or?.some((each) => evaluate(each, client)) ?? true) &&
    (!not || !evaluate(not, client));
  return evaluate;
}

const UNKNOWN = '01936cba-0000-7000-8000-00000000ffff';

/** Values that each condition is tried with: some that rows have, and some that none has. */
export function conditionValues(
  campus: Campus,
  groupIds: readonly string[],
  roomGroupIds: readonly string[],
): ConditionValues {
  const id = (type: string, ids: readonly string[]) =>
    fc.constantFrom(
      ...ids.map((each) => encodeGlobalID(type, each)),
      encodeGlobalID(type, UNKNOWN),
      encodeGlobalID('Unicorn', UNKNOWN),
      '',
    );
  const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 3 });
  const image = id('Image', campus.imageIds);
  const revision = fc.option(fc.integer({ min: 0, max: 4 }));
  const instant = fc.constantFrom(
    '0000-01-01T00:00:00Z',
    '2026-11-02T08:00:00Z',
    '2026-11-03T09:00:00.001+01:00',
    '2026-11-04T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
  );
  return {
    ids: some(id('Client', campus.clientIds)),
    nameContains: fc.constantFrom('', 'PC', 'pc_', '%', 'c_', '\\', 'Á', 'aula1', '\0', 'x\uD800', 'nadie'),
    mac: some(fc.constantFrom('02:00:00:00:00:01', '0200.0000.0102', '02-00-00-00-03-00', 'ff:ff:ff:ff:ff:ff')),
    macStartsWith: fc.constantFrom('', '02', '0200.0000.01', '02:00:00:00:0', '0200000002', '02-00-00-00-00-01', '03'),
    ip: some(fc.constantFrom('10.0.1.1', '10.1.1.2', '10.3.1.8', '192.168.0.1')),
    inNetwork: fc.constantFrom(
      '10.0.0.0/8',
      '10.1.7.3/16',
      '10.2.1.0/30',
      '10.3.1.4/32',
      '0.0.0.0/0',
      '192.168.0.0/16',
    ),
    status: fc.subarray(['OGLIVE', 'OFF', 'BUSY', 'LINUX', 'UNKNOWN', 'MACOS']),
    roomId: id('Room', campus.roomIds),
    roomIds: some(id('Room', campus.roomIds)),
    centerId: id('Center', campus.centerIds),
    groupId: id('ClientGroup', groupIds),
    insideGroupId: id('ClientGroup', groupIds),
    roomGroupId: id('RoomGroup', roomGroupIds),
    subnetId: id('Subnet', campus.subnetIds),
    repositoryId: id('Repository', campus.repositoryIds),
    deployedImage: fc.record({ imageId: image, revision, olderThan: revision }),
    imageDrift: fc.record({ imageId: image, revision, includeMissing: fc.boolean() }),
    cachedImageId: image,
    hasCache: fc.boolean(),
    operatingSystemContains: fc.constantFrom('ubuntu', '100%', '%', '_', '', 'macOS', '\0'),
    lastSeenBefore: instant,
    lastSeenAfter: instant,
    maintenance: fc.boolean(),
    firmware: fc.subarray(['BIOS', 'UEFI']),
    hasActiveTrace: fc.boolean(),
  };
}

/** Any filter, up to four levels deep, out of conditions with the values given. */
export function anyFilter(values: ConditionValues): fc.Arbitrary<ClientFilter> {
  const { filter } = fc.letrec<{ filter: ClientFilter }>((tie) => ({
    filter: fc
      .record(
        {
          conditions: fc
            .subarray(Object.keys(values) as Field[], { maxLength: 2 })
            .chain((fields) => fc.record(Object.fromEntries(fields.map((field) => [field, values[field]])))),
          inner: fc.oneof(
            { maxDepth: 3, withCrossShrink: true },
            fc.constant({}),
            fc.record({ not: tie('filter') }),
            fc.record({ or: fc.array(tie('filter'), { maxLength: 3 }) }),
            fc.record({ and: fc.array(tie('filter'), { maxLength: 2 }) }),
          ),
        },
        { noNullPrototype: true },
      )
      .map(({ conditions, inner }) => ({ ...conditions, ...inner })),
  }));
  return filter;
}
