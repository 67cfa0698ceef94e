import type { Locale } from '#lib/locale.ts';
import type { DomainError, MessageKey } from './errors.ts';
import type { FitnessReason } from './imaging/image-fitness.ts';
import type { MessageParams } from './message-params.ts';
import type { ReasonCode } from './operations/reasons.ts';
import type { TraceErrorCode } from './tracing/trace-machine.ts';
import type { TraceStatus } from './tracing/trace-status.ts';
import { sayTypes } from './type-words.ts';

/** A sentence in each language; `{name}` stands for a parameter. Codes are never translated. */
export type Sentence = Readonly<Record<Locale, string>>;

const ERRORS: Record<MessageKey, Sentence> = {
  NOT_FOUND: { es: 'No existe ese objeto ({type}).', en: 'No {type} has that id.' },
  METHOD_NOT_SUPPORTED: {
    es: 'El método {method} todavía no está disponible; use UNICAST.',
    en: 'The method {method} is not available yet; use UNICAST.',
  },
  DEPLOYMENT_REFUSED: {
    es: 'El despliegue se ha rechazado en {count} cliente(s); no se ha enviado nada.',
    en: 'The deployment was refused for {count} client(s); nothing was sent.',
  },
  OPERATION_REFUSED: {
    es: 'La operación se ha rechazado en {count} cliente(s); no se ha enviado nada.',
    en: 'The operation was refused for {count} client(s); nothing was sent.',
  },
  PLAN_OUTDATED: {
    es: 'La situación ha cambiado desde que se hizo el plan; vuelva a planificar.',
    en: 'Things have changed since the plan was made; plan again.',
  },
  IDEMPOTENCY_CONFLICT: {
    es: 'Esa clave ya se usó para una petición distinta.',
    en: 'That key was already used for a different request.',
  },
  ALREADY_EXISTS: {
    es: 'El valor «{value}» ya está en uso ({type}).',
    en: 'Another {type} has the value “{value}” already.',
  },
  IN_USE: {
    es: 'No se puede borrar: lo están usando ({usage}).',
    en: 'It cannot be deleted: it is in use ({usage}).',
  },
  STALE_VERSION: {
    es: 'Alguien lo ha cambiado desde que lo leyó (versión {currentVersion}, no {expectedVersion}).',
    en: 'Somebody has changed it since you read it (version {currentVersion}, not {expectedVersion}).',
  },
  IMPORT_REFUSED: {
    es: 'No se ha importado nada: {count} fila(s) y {problems} problema(s) del fichero que corregir.',
    en: 'Nothing was imported: {count} row(s) and {problems} problem(s) of the file to put right.',
  },
  REQUIRED: { es: 'Es obligatorio.', en: 'It is required.' },
  EMPTY: { es: 'No puede estar vacío.', en: 'It must not be empty.' },
  TOO_MANY: { es: 'Como máximo {max}.', en: 'At most {max}.' },
  BAD_CHARACTERS: {
    es: 'Contiene caracteres de control o ilegibles.',
    en: 'It contains control characters or unreadable ones.',
  },
  BAD_MAC: {
    es: 'No es la dirección MAC de una interfaz, como 08:00:27:0B:88:BE.',
    en: 'It is no MAC address of an interface, such as 08:00:27:0B:88:BE.',
  },
  BAD_IP: { es: 'No es una dirección IPv4, como 192.168.2.3.', en: 'It is no IPv4 address, such as 192.168.2.3.' },
  NOT_A_HOST: { es: 'Ningún equipo puede tener esa dirección.', en: 'No machine can have that address.' },
  NOT_MULTICAST: {
    es: 'No es una dirección multicast (224.0.0.0 a 239.255.255.255).',
    en: 'It is no multicast address (224.0.0.0 to 239.255.255.255).',
  },
  BAD_NETMASK: {
    es: 'No es una máscara de red entre 255.0.0.0 y 255.255.255.252.',
    en: 'It is no netmask between 255.0.0.0 and 255.255.255.252.',
  },
  BAD_NETWORK: {
    es: 'No es una red como 192.168.2.0/24, con prefijo entre 8 y 30.',
    en: 'It is no network such as 192.168.2.0/24, with a prefix between 8 and 30.',
  },
  NOT_A_NETWORK: {
    es: 'Es la dirección de un equipo; la red es {network}.',
    en: 'It is the address of a machine; its network is {network}.',
  },
  OUTSIDE_NETWORK: {
    es: 'La dirección no está en la red {network}.',
    en: 'The address is not in the network {network}.',
  },
  NETWORKS_OVERLAP: { es: 'Se solapa con la subred {network}.', en: 'It overlaps the subnet {network}.' },
  LEAVES_CLIENTS_OUT: {
    es: '{count} cliente(s) de la subred quedarían fuera de ella.',
    en: '{count} client(s) of the subnet would be outside of it.',
  },
  ODD_PORT: {
    es: 'Debe ser par: el puerto siguiente es el de control.',
    en: 'It must be even: the next port is for control.',
  },
  BAD_SERVER: {
    es: 'No es un servidor: nombre o dirección, y puerto si hace falta.',
    en: 'It is no server: a name or an address, and a port where needed.',
  },
  BAD_URL: { es: 'No es una dirección http o https.', en: 'It is no http or https address.' },
  BAD_RESOLUTION: { es: 'No es una resolución como 1024x768.', en: 'It is no resolution such as 1024x768.' },
  BAD_IMAGE_NAME: {
    es: 'Solo letras sin acento, cifras, guion y guion bajo; como máximo {max}.',
    en: 'Only unaccented letters, digits, hyphen and underscore; at most {max}.',
  },
  BAD_ENCODING: {
    es: 'El texto se ha leído con otra codificación: faltan caracteres.',
    en: 'The text was read in another encoding: characters are missing.',
  },
  OF_ANOTHER_PARENT: { es: 'Pertenece a otro ({parent}).', en: 'It belongs to another {parent}.' },
  OWN_DESCENDANT: { es: 'Está dentro de sí mismo.', en: 'It would be inside of itself.' },
  DEFAULT_IS_KEPT: {
    es: 'Es el predeterminado; elija otro antes.',
    en: 'It is the default one; choose another one first.',
  },
  REVISION_GOES_BACK: {
    es: 'La revisión no puede ser menor que {current}.',
    en: 'The revision cannot be less than {current}.',
  },
  SCRIPT_REQUIRED: { es: 'Este comando necesita un script.', en: 'This command needs a script.' },
  ONE_OF_TWO: { es: 'Solo uno de los dos.', en: 'Only one of the two.' },
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

const REASONS: Record<ReasonCode | FitnessReason['code'], Sentence> = {
  CLIENT_NOT_FOUND: { es: 'No existe ningún cliente con ese identificador.', en: 'No client has that id.' },
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
  NO_OPERATING_SYSTEM: {
    es: 'No consta ningún sistema operativo en la partición {partition} del disco {disk}.',
    en: 'No operating system is known to be on partition {partition} of disk {disk}.',
  },
  NOT_IN_CACHE: {
    es: 'La imagen {image} no consta en la caché del cliente.',
    en: 'The image {image} is not known to be in the client’s cache.',
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
  AGENT_DID_NOT_ACT: { es: 'El equipo no ha hecho lo que dijo.', en: 'The machine did not do what it said.' },
  STARTED_OTHERWISE: {
    es: 'El equipo no ha arrancado el sistema de la partición.',
    en: 'The machine did not start the system of the partition.',
  },
  AGENT_SILENT: {
    es: 'El agente lleva demasiado tiempo sin dar señales.',
    en: 'The agent has been silent for too long.',
  },
};

export function errorMessage(error: DomainError, locale: Locale): string {
  return fill(ERRORS[error.messageKey][locale], sayTypes(error.params, locale));
}

export function reasonMessage(code: ReasonCode | FitnessReason['code'], params: MessageParams, locale: Locale): string {
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

/** A sentence with its parameters in their places. */
export function fill(sentence: string, params: MessageParams): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}
