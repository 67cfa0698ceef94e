import type { ClientStatus } from '#domain/inventory/client-status.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';

const DESCRIPTIONS: Record<ClientStatus, string> = {
  OFF: 'Apagado: switched off.',
  INITIALIZING: 'Arrancando: ogLive has started and is getting ready.',
  OGLIVE: 'ogLive: running ogLive and free for work.',
  BUSY: 'Ocupado: running ogLive with a job in hand.',
  LINUX: 'An installed Linux, nobody logged in.',
  LINUX_SESSION: 'An installed Linux with somebody logged in.',
  WINDOWS: 'An installed Windows, nobody logged in.',
  WINDOWS_SESSION: 'An installed Windows with somebody logged in.',
  MACOS: 'An installed macOS, nobody logged in.',
  MACOS_SESSION: 'An installed macOS with somebody logged in.',
  DISCONNECTED: 'Desconectado: it did not answer when it was called.',
  UNKNOWN: 'Desconocido: nothing is known of it yet, or not any more.',
};

export const ClientStatusEnum = builder.enumType('ClientStatus', {
  description: 'Estado del cliente (Client): what its agent last said it is doing.',
  values: describeValues(DESCRIPTIONS),
});
