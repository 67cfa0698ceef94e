import type { Locale } from '#lib/locale.ts';
import type { DomainError, MessageKey } from './errors.ts';
import type { MessageParams } from './message-params.ts';
import type { ReasonCode } from './operations/deployment-rules.ts';
import type { TraceErrorCode } from './tracing/trace-machine.ts';
import type { TraceStatus } from './tracing/trace-status.ts';

/** A sentence in each language; `{name}` stands for a parameter. Codes are never translated. */
type Sentence = Readonly<Record<Locale, string>>;

const ERRORS: Record<MessageKey, Sentence> = {
  NOT_FOUND: { es: 'No existe ningún objeto {type} con ese identificador.', en: 'No {type} has that id.' },
  METHOD_NOT_SUPPORTED: {
    es: 'El método {method} todavía no está disponible; use UNICAST.',
    en: 'The method {method} is not available yet; use UNICAST.',
  },
  DEPLOYMENT_REFUSED: {
    es: 'El despliegue se ha rechazado en {count} cliente(s); no se ha enviado nada.',
    en: 'The deployment was refused for {count} client(s); nothing was sent.',
  },
  PLAN_OUTDATED: {
    es: 'La situación ha cambiado desde que se hizo el plan; vuelva a planificar.',
    en: 'Things have changed since the plan was made; plan again.',
  },
  IDEMPOTENCY_CONFLICT: {
    es: 'Esa clave ya se usó para una petición distinta.',
    en: 'That key was already used for a different request.',
  },
  EMPTY_TARGET: { es: 'No hay ningún cliente en el destino.', en: 'There is no client in the target.' },
  TOO_MANY_CLIENTS: { es: 'Como máximo {max} clientes por operación.', en: 'At most {max} clients in one operation.' },
  NOT_POSITIVE: { es: 'Debe ser 1 o mayor.', en: 'It must be 1 or more.' },
  OUT_OF_RANGE: { es: 'Debe estar entre {min} y {max}.', en: 'It must be between {min} and {max}.' },
  TOO_LONG: { es: 'Como máximo {max} caracteres.', en: 'At most {max} characters.' },
  OPTIONS_FOR_OTHER_METHOD: {
    es: 'El método {method} no tiene estas opciones.',
    en: 'The method {method} has no such options.',
  },
};

const REASONS: Record<ReasonCode, Sentence> = {
  CLIENT_IN_MAINTENANCE: { es: 'El cliente está en mantenimiento.', en: 'The client is under maintenance.' },
  CLIENT_NOT_ON_OGLIVE: {
    es: 'El cliente no ha arrancado ogLive (estado: {status}).',
    en: 'The client is not running ogLive (status: {status}).',
  },
  CLIENT_BUSY: { es: 'El cliente tiene otro trabajo en curso.', en: 'The client has another job in hand.' },
  ADDRESS_NOT_ALLOWED: {
    es: 'La dirección del cliente no está en las redes permitidas (AGENT_NETWORKS).',
    en: 'The client’s address is in none of the allowed networks (AGENT_NETWORKS).',
  },
  NO_REPOSITORY: { es: 'El cliente no tiene repositorio asignado.', en: 'The client has no repository.' },
  IMAGE_NOT_IN_REPOSITORY: {
    es: 'La imagen no está en el repositorio {repository}.',
    en: 'The image is not in the repository {repository}.',
  },
  IMAGE_NOT_READY: {
    es: 'La imagen no está lista en el repositorio {repository} (estado: {status}).',
    en: 'The image is not ready in the repository {repository} (status: {status}).',
  },
  DISK_NOT_FOUND: { es: 'El cliente no tiene el disco {disk}.', en: 'The client has no disk {disk}.' },
  PARTITION_NOT_FOUND: {
    es: 'El cliente no tiene la partición {partition} en el disco {disk}.',
    en: 'The client has no partition {partition} on disk {disk}.',
  },
  PARTITION_IS_CACHE: {
    es: 'La partición {partition} del disco {disk} es la CACHE.',
    en: 'Partition {partition} of disk {disk} is the CACHE.',
  },
  TOO_FEW_PARTITIONS: {
    es: 'Hacen falta al menos dos particiones, una de ellas CACHE; el cliente tiene {count}.',
    en: 'At least two partitions are needed, one of them CACHE; the client has {count}.',
  },
  NO_CACHE_PARTITION: { es: 'El cliente no tiene partición CACHE.', en: 'The client has no CACHE partition.' },
  PARTITION_TOO_SMALL: {
    es: 'La imagen ocupa {needed} bytes y la partición tiene {available}.',
    en: 'The image takes {needed} bytes and the partition has {available}.',
  },
  IMAGE_SIZE_UNKNOWN: {
    es: 'No se conoce el tamaño de la imagen: puede no caber.',
    en: 'The image’s size is not known: it may not fit.',
  },
  UNICAST_FOR_MANY: {
    es: 'UNICAST envía {count} copias completas por la red.',
    en: 'UNICAST sends {count} whole copies over the network.',
  },
  PARTITION_WILL_BE_OVERWRITTEN: {
    es: 'Se perderá lo que hay en la partición ({system}).',
    en: 'What is on the partition will be lost ({system}).',
  },
};

const TRACE_LABELS: Record<TraceStatus, Sentence> = {
  PENDING: { es: 'Pendiente', en: 'Pending' },
  SENDING: { es: 'Enviando', en: 'Sending' },
  UNKNOWN: { es: 'Sin respuesta del agente', en: 'No answer from the agent' },
  RUNNING: { es: 'En ejecución', en: 'Running' },
  CANCELLING: { es: 'Cancelando', en: 'Cancelling' },
  SUCCEEDED: { es: 'Finalizado con éxito', en: 'Finished successfully' },
  FAILED: { es: 'Finalizado con errores', en: 'Finished with errors' },
  CANCELLED: { es: 'Cancelado', en: 'Cancelled' },
  LOST: { es: 'Perdido: resultado desconocido', en: 'Lost: outcome not known' },
};

const TRACE_ERRORS: Record<TraceErrorCode, Sentence> = {
  AGENT_UNREACHABLE: {
    es: 'No se pudo conectar con el agente; no se envió nada.',
    en: 'The agent could not be reached; nothing was sent.',
  },
  AGENT_TLS_REJECTED: {
    es: 'El certificado del agente no es válido; no se envió nada.',
    en: 'The agent’s certificate is not valid; nothing was sent.',
  },
  AGENT_CERTIFICATE_CHANGED: {
    es: 'El agente presenta un certificado distinto del conocido; no se envió nada.',
    en: 'The agent shows another certificate than the known one; nothing was sent.',
  },
  AGENT_ADDRESS_NOT_ALLOWED: {
    es: 'La dirección del agente no está permitida; no se envió nada.',
    en: 'The agent’s address is not allowed; nothing was sent.',
  },
  AGENT_METHOD_UNSUPPORTED: {
    es: 'El agente no admite ese método; no se envió nada.',
    en: 'The agent does not support that method; nothing was sent.',
  },
  ORDER_OUTDATED: {
    es: 'El equipo cambió mientras la orden esperaba; no se envió nada.',
    en: 'The machine changed while the order waited; nothing was sent.',
  },
  AGENT_REFUSED: { es: 'El agente rechazó la orden: {detail}', en: 'The agent refused the order: {detail}' },
  ENGINE_FAILED: { es: 'El motor de clonación falló: {detail}', en: 'The cloning engine failed: {detail}' },
  AGENT_RESTARTED: {
    es: 'El equipo se reinició con el trabajo en curso: no se sabe hasta dónde llegó.',
    en: 'The machine restarted with the job in hand: how far it came is not known.',
  },
  AGENT_FORGOT_JOB: {
    es: 'El agente ya no conoce el trabajo y no dijo cómo terminó.',
    en: 'The agent does not know the job any more and never said how it ended.',
  },
  AGENT_SILENT: {
    es: 'El agente lleva demasiado tiempo sin dar señales.',
    en: 'The agent has been silent for too long.',
  },
};

export function errorMessage(error: DomainError, locale: Locale): string {
  return fill(ERRORS[error.messageKey][locale], error.params);
}

export function reasonMessage(code: ReasonCode, params: MessageParams, locale: Locale): string {
  return fill(REASONS[code][locale], params);
}

/** The words by which consoles know a trace's status: «Finalizado con éxito». */
export function traceStatusLabel(status: TraceStatus, locale: Locale): string {
  return TRACE_LABELS[status][locale];
}

/** @param detail the agent's own words, which are in whatever language it speaks. */
export function traceErrorMessage(code: TraceErrorCode, detail: string, locale: Locale): string {
  return fill(TRACE_ERRORS[code][locale], { detail });
}

function fill(sentence: string, params: MessageParams): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}
