import type { OrderedAction, TraceInput, TraceInputOf } from '#domain/operations/trace-input.ts';
import { builder } from '#schema/builder.ts';
import { DeployMethodEnum } from '#schema/operations/deploy-method.ts';

type Stored<TAction extends OrderedAction> = { action: TAction } & TraceInputOf<TAction>;

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
  }),
});

const ScriptTraceInputType = builder.objectRef<Stored<'RUN_SCRIPT'>>('ScriptTraceInput').implement({
  description: 'The script that was run, as it was sent to the agent.',
  fields: (t) => ({
    script: t.exposeString('script', { description: 'The script.' }),
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
    ScriptTraceInputType,
    SoftwareInventoryTraceInputType,
    SessionTraceInputType,
    DeleteCachedImageTraceInputType,
  ],
  resolveType: (input: ToldInput) => TYPE_NAMES[input.action],
});
