import type { InputFieldMap } from '@pothos/core';
import { IdempotencyConflictError, InvalidInputError, NotFoundError, OperationRefusedError } from '#domain/errors.ts';
import type { OperationOptions } from '#domain/operations/accept-operation.ts';
import type { ActionRequest } from '#domain/operations/plan-action.ts';
import { builder } from '#schema/builder.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { operationOptions, readOperationOptions } from './operation-options.ts';
import { declareOperationPayload } from './operation-payload.ts';
import { OperationTargetInput, readTarget } from './operation-target.ts';

type Types = (typeof builder)['$inferSchemaTypes'];
type InputBuilder = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;

interface GivenAction {
  target: Parameters<typeof readTarget>[0];
  script?: string | null;
  commandId?: string | null;
  imageId?: string;
  disk?: number;
  partition?: number;
}

interface ActionOptions {
  /** What it does, with the words of ogGui’s menu. */
  description: string;
  /** What it has to be told besides whom it is for. */
  fields?: (t: InputBuilder) => InputFieldMap;
  read: (input: GivenAction) => ActionRequest;
}

/** A mutation that orders the same of every client of a target: all of them take the same options and answer alike. */
function declareAction(name: string, { description, fields, read }: ActionOptions): void {
  const typeName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const Input = builder.inputType(`${typeName}Input`, {
    description: 'Whom it is for, and how.',
    fields: (t) =>
      ({
        target: t.field({ type: OperationTargetInput, required: true, description: 'Clientes (Clients) it is for.' }),
        ...fields?.(t),
        ...operationOptions(t),
      }) as never,
  });
  const Payload = declareOperationPayload(
    `${typeName}Payload`,
    'An accepted operation. Its traces are on record; where an agent has answered in time, with its `jobId`.',
  );
  builder.mutationField(name, (t) =>
    t.field({
      type: Payload,
      args: { input: t.arg({ type: Input, required: true, description: 'Whom it is for, and how.' }) },
      errors: {
        types: [InvalidInputError, NotFoundError, OperationRefusedError, IdempotencyConflictError],
        union: { name: `${typeName}Result`, description: 'The accepted operation, or why it was not accepted.' },
      },
      description: `${description} Returns when every agent has answered, or \`waitForAgentsMs\` has passed. No order is ever sent twice. Permission: operate.`,
      resolve: (_root, { input }, { services, principal }) => {
        const given = input as unknown as GivenAction & OperationOptions;
        return services.orderAction(
          { order: read(given), target: readTarget(given.target), ...readOperationOptions(given) },
          principal,
        );
      },
    }),
  );
}

const partitionFields = (t: InputBuilder): InputFieldMap => ({
  disk: t.int({ required: true, description: 'Number of the disk, from 1.' }),
  partition: t.int({ required: true, description: 'Number of the partition, from 1.' }),
});

declareAction('runScript', {
  description:
    'Ejecutar script: runs a script in ogLive. What it prints comes to stand in `Trace.output`, and where its exit code is not 0 the trace fails with it.',
  fields: (t) => ({
    script: t.string({ description: 'The script, 1 to 10000 characters; left out where `commandId` is given.' }),
    commandId: t.id({ description: 'Comando (Command) whose script is run, as it is now.' }),
  }),
  read: ({ script, commandId }) => {
    if (isGiven(script) && isGiven(commandId)) throw new InvalidInputError(['input', 'script'], 'ONE_OF_TWO');
    return {
      action: 'RUN_SCRIPT',
      script: script ?? null,
      commandId: isGiven(commandId) ? requireId(commandId, 'Command', ['input', 'commandId']) : null,
    };
  },
});

declareAction('collectSoftwareInventory', {
  description:
    'Inventario software: lists what is installed on a partition, which becomes the partition’s software profile.',
  fields: partitionFields,
  read: ({ disk = 0, partition = 0 }) => ({ action: 'SOFTWARE_INVENTORY', disk, partition }),
});

declareAction('collectHardwareInventory', {
  description: 'Inventario hardware: lists what the machine is made of, which becomes the client’s hardware profile.',
  read: () => ({ action: 'HARDWARE_INVENTORY' }),
});

declareAction('deleteCachedImage', {
  description: 'Eliminar imagen caché: deletes an image from the clients’ caches.',
  fields: (t) => ({ imageId: t.id({ required: true, description: 'Imagen (Image) to delete there.' }) }),
  read: ({ imageId = '' }) => ({
    action: 'DELETE_CACHED_IMAGE',
    imageId: requireId(imageId, 'Image', ['input', 'imageId']),
  }),
});

const LEAVING =
  'The agent answers before it acts, so its answer only says that it is about to: the trace succeeds when the machine itself shows it, and is LOST when that cannot be told within ten minutes.';

declareAction('powerOff', {
  description: `Apagar: switches the machines off. ${LEAVING}`,
  read: () => ({ action: 'POWER_OFF' }),
});

declareAction('reboot', {
  description: `Reiniciar: restarts the machines. ${LEAVING}`,
  read: () => ({ action: 'REBOOT' }),
});

declareAction('startSession', {
  description: `Iniciar sesión: starts the system of a partition. ${LEAVING}`,
  fields: partitionFields,
  read: ({ disk = 0, partition = 0 }) => ({ action: 'START_SESSION', disk, partition }),
});
