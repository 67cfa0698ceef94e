import type { LiveStatus } from '#domain/imaging/read-repository-live.ts';
import type { DiskUse, Transfer } from '#domain/imaging/repository-gateway.ts';
import { builder } from '#schema/builder.ts';

const RepositoryDiskType = builder.objectRef<DiskUse>('RepositoryDisk').implement({
  description: 'How full the disk with a repository’s images is.',
  fields: (t) => ({
    totalBytes: t.expose('totalBytes', { type: 'BigInt', description: 'Bytes it has.' }),
    usedBytes: t.expose('usedBytes', { type: 'BigInt', description: 'Bytes in use.' }),
    freeBytes: t.expose('freeBytes', { type: 'BigInt', description: 'Bytes left.' }),
  }),
});

const RepositoryServiceType = builder.objectRef<{ name: string; state: string }>('RepositoryService').implement({
  description: 'A service that runs on a repository.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, such as `smbd`.' }),
    state: t.exposeString('state', { description: 'What the repository says of it, such as `active`.' }),
  }),
});

function reportOf({ outcome }: LiveStatus) {
  return outcome.outcome === 'done' ? outcome.value : null;
}

export const RepositoryStatusType = builder.objectRef<LiveStatus>('RepositoryStatus').implement({
  description: 'Estado (RepositoryStatus): what a repository says of itself, or why it says nothing.',
  fields: (t) => ({
    reachable: t.boolean({
      description: 'Whether it answered, be it with a refusal.',
      resolve: ({ outcome: { outcome } }) => outcome === 'done' || outcome === 'refused',
    }),
    checkedAt: t.expose('checkedAt', { type: 'DateTime', description: 'When it was asked; at most 5 seconds ago.' }),
    disk: t.field({
      type: RepositoryDiskType,
      nullable: true,
      description: 'Its disk; null where it does not tell.',
      resolve: (status) => reportOf(status)?.disk ?? null,
    }),
    cpuPercent: t.float({
      nullable: true,
      description: 'How busy its processors are, 0 to 100; null where it does not tell.',
      resolve: (status) => reportOf(status)?.cpuPercent ?? null,
    }),
    memoryPercent: t.float({
      nullable: true,
      description: 'How much of its memory is in use, 0 to 100; null where it does not tell.',
      resolve: (status) => reportOf(status)?.memoryPercent ?? null,
    }),
    services: t.field({
      type: [RepositoryServiceType],
      description: 'Its services, at most 100; none where it does not tell.',
      resolve: (status) => [...(reportOf(status)?.services ?? [])],
    }),
    supportsGit: t.boolean({
      nullable: true,
      description: 'Whether it keeps images in Git (oggit) too; null where it does not tell.',
      resolve: (status) => reportOf(status)?.supportsGit ?? null,
    }),
    error: t.string({
      nullable: true,
      description: 'Why it says nothing, in English; null where it does.',
      resolve: ({ outcome }) => (outcome.outcome === 'done' ? null : outcome.message),
    }),
  }),
});

const TransferStateEnum = builder.enumType('TransferState', {
  description: 'How far a transfer is.',
  values: {
    WAITING: { description: 'For its receivers.' },
    SENDING: { description: 'It has begun.' },
  },
});

const TransferMethodEnum = builder.enumType('TransferMethod', {
  description: 'By which program a repository sends.',
  values: {
    UDPCAST: { description: 'UDPcast: multicast.' },
    UFTP: { description: 'UFTP: multicast.' },
    P2P: { description: 'BitTorrent.' },
  },
});

export const RepositoryTransferType = builder.objectRef<Transfer>('RepositoryTransfer').implement({
  description: 'Transferencia (RepositoryTransfer): an image that a repository sends at this moment, or is about to.',
  fields: (t) => ({
    method: t.expose('method', { type: TransferMethodEnum, description: 'By which program.' }),
    imageName: t.exposeString('imageName', {
      nullable: true,
      description: 'Name of the image; null where it does not tell.',
    }),
    checksum: t.exposeString('checksum', { description: 'Checksum of its file.' }),
    port: t.exposeInt('port', { nullable: true, description: 'UDP port; null where it does not tell.' }),
    state: t.expose('state', {
      type: TransferStateEnum,
      nullable: true,
      description: 'How far it is; null where it does not tell.',
    }),
    joined: t.exposeInt('joined', {
      nullable: true,
      description: 'How many receivers have joined; null where it does not tell.',
    }),
  }),
});
