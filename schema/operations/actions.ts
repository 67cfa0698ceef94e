import type { InputFieldMap } from '@pothos/core';
import { InvalidInputError, OperationRefusedError } from '#domain/errors.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { declareAction } from './declare-action.ts';
import type { InputBuilder } from './operation-options.ts';

const errors = [OperationRefusedError];

const partitionFields = (t: InputBuilder): InputFieldMap => ({
  disk: t.int({ required: true, description: 'Number of the disk, from 1.' }),
  partition: t.int({ required: true, description: 'Number of the partition, from 1.' }),
});

interface GivenPlace {
  disk: number;
  partition: number;
}

interface GivenScript {
  script?: string | null;
  commandId?: string | null;
  parameters?: string[] | null;
}

export const runScript = declareAction<GivenScript>('runScript', {
  description:
    'Ejecutar script: runs a script in ogLive. What it prints comes to stand in `Trace.output`, and where its exit code is not 0 the trace fails with it.',
  fields: (t) => ({
    script: t.string({ description: 'The script, 1 to 10000 characters; left out where `commandId` is given.' }),
    commandId: t.id({ description: 'Comando (Command) whose script is run, as it is now.' }),
    parameters: t.stringList({
      description:
        'Parámetros: what the script finds in `$1`, `$2` …, to the letter; at most 50 of 1000 characters, for shell scripts only.',
    }),
  }),
  errors,
  read: ({ script, commandId, parameters }) => {
    if (isGiven(script) && isGiven(commandId)) throw new InvalidInputError(['input', 'script'], 'ONE_OF_TWO');
    return {
      action: 'RUN_SCRIPT',
      script: script ?? null,
      commandId: isGiven(commandId) ? requireId(commandId, 'Command', ['input', 'commandId']) : null,
      parameters: parameters ?? [],
    };
  },
});

export const collectSoftwareInventory = declareAction<GivenPlace>('collectSoftwareInventory', {
  description:
    'Inventario software: lists what is installed on a partition, which becomes the partition’s software profile.',
  fields: partitionFields,
  errors,
  read: ({ disk, partition }) => ({ action: 'SOFTWARE_INVENTORY', disk, partition }),
});

export const collectHardwareInventory = declareAction('collectHardwareInventory', {
  description: 'Inventario hardware: lists what the machine is made of, which becomes the client’s hardware profile.',
  errors,
  read: () => ({ action: 'HARDWARE_INVENTORY' }),
});

export const deleteCachedImage = declareAction<{ imageId: string }>('deleteCachedImage', {
  description: 'Eliminar imagen caché: deletes an image from the clients’ caches.',
  fields: (t) => ({ imageId: t.id({ required: true, description: 'Imagen (Image) to delete there.' }) }),
  errors,
  read: ({ imageId }) => ({
    action: 'DELETE_CACHED_IMAGE',
    imageId: requireId(imageId, 'Image', ['input', 'imageId']),
  }),
});

const forceField = (t: InputBuilder): InputFieldMap => ({
  force: t.boolean({
    required: true,
    defaultValue: false,
    description:
      'Whether it passes in front of the job that a client has in hand, which is lost by that. Some agents refuse while they have one.',
  }),
});

const SHOWN =
  'The agent answers before it acts, so its answer only says that it is about to: the trace succeeds when the machine itself shows it, and is LOST when that cannot be told within ten minutes.';

export const powerOn = declareAction('powerOn', {
  description:
    'Encender: switches the machines on by Wake-on-LAN, sent by each client’s repository, or by this server (`WAKE_FROM`). The trace succeeds when the machine reports in, and is LOST when it does not within ten minutes.',
  errors,
  read: () => ({ action: 'POWER_ON' }),
});

export const powerOff = declareAction<{ force: boolean }>('powerOff', {
  description: `Apagar: switches the machines off. ${SHOWN}`,
  fields: forceField,
  errors,
  read: ({ force }) => ({ action: 'POWER_OFF', force }),
});

export const reboot = declareAction<{ force: boolean }>('reboot', {
  description: `Reiniciar: restarts the machines. ${SHOWN}`,
  fields: forceField,
  errors,
  read: ({ force }) => ({ action: 'REBOOT', force }),
});

export const startSession = declareAction<GivenPlace>('startSession', {
  description: `Iniciar sesión: starts the system of a partition. ${SHOWN}`,
  fields: partitionFields,
  errors,
  read: ({ disk, partition }) => ({ action: 'START_SESSION', disk, partition }),
});
