import type { Action } from '#domain/operations/action.ts';
import type { TraceStatus } from '#domain/tracing/trace-status.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';

const STATUS_DESCRIPTIONS: Record<TraceStatus, string> = {
  PENDING: 'Pendiente: recorded, its agent not called yet.',
  SENDING: 'Enviando: the order is on its way. Committed before the first byte leaves.',
  UNKNOWN:
    'Sin respuesta: bytes may have left and no answer came. Never sent again by itself; what the agent reports decides.',
  RUNNING: 'En ejecución: the agent has accepted the job.',
  CANCELLING: 'Cancelando: the agent has been asked to stop.',
  SUCCEEDED: 'Finalizado con éxito. Final.',
  FAILED: 'Finalizado con errores: refused, never sent, or failed on the client; `error` says which. Final.',
  CANCELLED: 'Cancelado. Final.',
  LOST: 'Perdido: closed, outcome not known. One later honest report may still resolve it.',
};

export const TraceStatusEnum = builder.enumType('TraceStatus', {
  description: 'Estado de la traza (Trace): how far one job of one agent has come.',
  values: describeValues(STATUS_DESCRIPTIONS),
});

const ACTION_DESCRIPTIONS: Record<Action, string> = {
  DEPLOY_IMAGE: 'Deploy image: restore an image onto a partition.',
  CREATE_IMAGE: 'Crear imagen: capture a partition as an image.',
  DELETE_CACHED_IMAGE: 'Eliminar imagen de caché: delete an image from the CACHE.',
  PARTITION_AND_FORMAT: 'Particionar y formatear: divide and format a disk.',
  SOFTWARE_INVENTORY: 'Inventario software.',
  HARDWARE_INVENTORY: 'Inventario hardware.',
  RUN_SCRIPT: 'Ejecutar script: run a script in ogLive.',
  POWER_ON: 'Encender: wake the machine over the network.',
  POWER_OFF: 'Apagar: switch the machine off.',
  REBOOT: 'Reiniciar: restart the machine.',
  START_SESSION: 'Iniciar sesión: boot a partition.',
};

export const ActionEnum = builder.enumType('Action', {
  description: 'Acción: what a job makes a client do, as in the menu of ogGui.',
  values: describeValues(ACTION_DESCRIPTIONS),
});
