import type { OrderedAction } from '#domain/operations/operation-order.ts';
import type { TraceInput, TraceInputOf } from '#domain/operations/trace-input.ts';
import { builder } from '#schema/builder.ts';
import { MulticastModeEnum, P2pModeEnum } from '#schema/inventory/transfer-modes.ts';
import { DeployMethodEnum } from '#schema/operations/deploy-method.ts';
import { PartitionTypeEnum, WritableTableEnum } from '#schema/operations/partition-layout.ts';

type Stored<TAction extends OrderedAction> = { action: TAction } & TraceInputOf<TAction>;

const MulticastTicketType = builder
  .objectRef<NonNullable<Stored<'DEPLOY_IMAGE'>['multicast']>>('MulticastTicket')
  .implement({
    description: 'Which multicast stream a client was told to receive.',
    fields: (t) => ({
      port: t.exposeInt('port', { description: 'Even UDP port; the next one is for control.' }),
      address: t.expose('address', { type: 'IPv4', description: 'Multicast group.' }),
      mode: t.expose('mode', { type: MulticastModeEnum, description: 'How udpcast sends.' }),
      speedMbps: t.exposeInt('speedMbps', { description: 'Speed in Mbit/s.' }),
      maxClients: t.exposeInt('maxClients', { description: 'It starts when so many have joined.' }),
      maxWaitSeconds: t.exposeInt('maxWaitSeconds', { description: 'It starts after so many seconds at the latest.' }),
    }),
  });

const P2pTicketType = builder.objectRef<NonNullable<Stored<'DEPLOY_IMAGE'>['p2p']>>('P2pTicket').implement({
  description: 'What a client was told to do among others that exchange an image.',
  fields: (t) => ({
    mode: t.expose('mode', { type: P2pModeEnum, description: 'What it does.' }),
    seedSeconds: t.exposeInt('seedSeconds', { description: 'How long it goes on giving, in seconds.' }),
  }),
});

const DeployTraceInputType = builder.objectRef<Stored<'DEPLOY_IMAGE'>>('DeployTraceInput').implement({
  description: 'With what a deployment was ordered, as it was sent to the agent.',
  fields: (t) => ({
    imageName: t.exposeString('imageName', { description: 'Canonical name of the image.' }),
    imageRevision: t.exposeInt('imageRevision', { description: 'Revision of the image when it was ordered.' }),
    repositoryIp: t.expose('repositoryIp', {
      type: 'IPv4',
      description: 'Repository that the client was told to fetch it from.',
    }),
    disk: t.exposeInt('disk', { description: 'Number of the disk.' }),
    partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
    method: t.expose('method', { type: DeployMethodEnum, description: 'How the image was to travel.' }),
    multicast: t.expose('multicast', {
      type: MulticastTicketType,
      nullable: true,
      description: 'Which stream the client was told to receive; null for other methods, and until its wave goes.',
    }),
    p2p: t.expose('p2p', {
      type: P2pTicketType,
      nullable: true,
      description: 'What the client was told to do among the others; null for other methods.',
    }),
  }),
});

const CreateImageTraceInputType = builder.objectRef<Stored<'CREATE_IMAGE'>>('CreateImageTraceInput').implement({
  description: 'With what a capture was ordered, as it was sent to the agent.',
  fields: (t) => ({
    imageName: t.exposeString('imageName', { description: 'Canonical name of the image.' }),
    imageRevision: t.exposeInt('imageRevision', { description: 'Revision that it was to become.' }),
    repositoryIp: t.expose('repositoryIp', { type: 'IPv4', description: 'Repository that it was to be written to.' }),
    disk: t.exposeInt('disk', { description: 'Number of the disk.' }),
    partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
  }),
});

const TracedPartitionType = builder
  .objectRef<Stored<'PARTITION_AND_FORMAT'>['partitions'][number]>('TracedPartition')
  .implement({
    description: 'One partition of a layout, as it was sent to the agent.',
    fields: (t) => ({
      number: t.exposeInt('number', { description: 'Its number.' }),
      type: t.expose('type', { type: PartitionTypeEnum, description: 'What it was to be for.' }),
      fileSystem: t.exposeString('fileSystem', {
        nullable: true,
        description: 'Sistema de ficheros; null for what holds none.',
      }),
      sizeBytes: t.field({
        type: 'BigInt',
        description: 'Size in bytes, worked out where none was given.',
        resolve: ({ sizeBytes }) => BigInt(sizeBytes),
      }),
      format: t.exposeBoolean('format', {
        description: 'Whether it was to be formatted; a CACHE also where it could not stay as it was.',
      }),
    }),
  });

const PartitionTraceInputType = builder.objectRef<Stored<'PARTITION_AND_FORMAT'>>('PartitionTraceInput').implement({
  description: 'How a disk was to be partitioned, as it was sent to the agent.',
  fields: (t) => ({
    disk: t.exposeInt('disk', { description: 'Number of the disk.' }),
    partitionTable: t.field({
      type: WritableTableEnum,
      description: 'Kind of partition table.',
      resolve: ({ table }) => table,
    }),
    partitions: t.field({
      type: [TracedPartitionType],
      description: 'Its partitions, in the order in which they were given; at most 128.',
      resolve: ({ partitions }) => [...partitions],
    }),
  }),
});

const PowerOnTraceInputType = builder.objectRef<Stored<'POWER_ON'>>('PowerOnTraceInput').implement({
  description: 'The packet that was to switch the machine on.',
  fields: (t) => ({
    mac: t.expose('mac', { type: 'MAC', description: 'Card that it was for.' }),
    broadcastIp: t.expose('broadcastIp', { type: 'IPv4', description: 'Where it was sent to.' }),
    repositoryIp: t.expose('repositoryIp', {
      type: 'IPv4',
      nullable: true,
      description: 'Repository that was to send it; null where this server did.',
    }),
  }),
});

const ScriptTraceInputType = builder.objectRef<Stored<'RUN_SCRIPT'>>('ScriptTraceInput').implement({
  description: 'The script that was run, as it was sent to the agent.',
  fields: (t) => ({
    script: t.exposeString('script', { description: 'The script.' }),
    parameters: t.exposeStringList('parameters', { description: 'What it found in `$1`, `$2` …; empty for none.' }),
    commandName: t.exposeString('commandName', {
      nullable: true,
      description: 'Name that the stored command had; null for a script that was typed in.',
    }),
  }),
});

const SoftwareInventoryTraceInputType = builder
  .objectRef<Stored<'SOFTWARE_INVENTORY'>>('SoftwareInventoryTraceInput')
  .implement({
    description: 'Which partition was looked at.',
    fields: (t) => ({
      disk: t.exposeInt('disk', { description: 'Number of the disk.' }),
      partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
    }),
  });

const SessionTraceInputType = builder.objectRef<Stored<'START_SESSION'>>('SessionTraceInput').implement({
  description: 'Which partition was to be started.',
  fields: (t) => ({
    disk: t.exposeInt('disk', { description: 'Number of the disk.' }),
    partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
  }),
});

const DeleteCachedImageTraceInputType = builder
  .objectRef<Stored<'DELETE_CACHED_IMAGE'>>('DeleteCachedImageTraceInput')
  .implement({
    description: 'Which image was to be deleted from the cache.',
    fields: (t) => ({ imageName: t.exposeString('imageName', { description: 'Canonical name of the image.' }) }),
  });

const TYPE_NAMES: Readonly<Record<ToldInput['action'], string>> = {
  DEPLOY_IMAGE: 'DeployTraceInput',
  CREATE_IMAGE: 'CreateImageTraceInput',
  PARTITION_AND_FORMAT: 'PartitionTraceInput',
  POWER_ON: 'PowerOnTraceInput',
  RUN_SCRIPT: 'ScriptTraceInput',
  SOFTWARE_INVENTORY: 'SoftwareInventoryTraceInput',
  START_SESSION: 'SessionTraceInput',
  DELETE_CACHED_IMAGE: 'DeleteCachedImageTraceInput',
};

/** An input that has something to show. */
type ToldInput = Exclude<TraceInput, { action: 'HARDWARE_INVENTORY' | 'POWER_OFF' | 'REBOOT' }>;

export function isTold(input: TraceInput): input is ToldInput {
  return input.action in TYPE_NAMES;
}

export const TraceInputUnion = builder.unionType('TraceInput', {
  description: 'With what a job was ordered: one type an action.',
  types: [
    DeployTraceInputType,
    CreateImageTraceInputType,
    PartitionTraceInputType,
    PowerOnTraceInputType,
    ScriptTraceInputType,
    SoftwareInventoryTraceInputType,
    SessionTraceInputType,
    DeleteCachedImageTraceInputType,
  ],
  resolveType: (input: ToldInput) => TYPE_NAMES[input.action],
});
