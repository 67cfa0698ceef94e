import type { Locale } from '#lib/locale.ts';
import type { ReplicaFault } from '#prisma/generated/client/enums.ts';
import type { DomainError, MessageKey } from './errors.ts';
import type { FitnessReason } from './imaging/image-fitness.ts';
import type { MessageParams, Sentence } from './message-params.ts';
import { REASONS } from './operations/reason-sentences.ts';
import type { ReasonCode } from './operations/reasons.ts';
import { CALENDAR_SENTENCES } from './scheduling/calendar/calendar-faults.ts';
import type { RunError } from './scheduling/run-error.ts';
import type { TraceErrorCode } from './tracing/trace-machine.ts';
import type { TraceStatus } from './tracing/trace-status.ts';
import { sayTypes } from './type-words.ts';

const ERRORS: Record<MessageKey, Sentence> = {
  NOT_FOUND: { es: 'No existe ese objeto ({type}).', en: 'No {type} has that id.' },
  METHOD_NOT_SUPPORTED: {
    es: 'Una imagen git no se despliega por {method}.',
    en: 'A git image is not deployed by {method}.',
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
  AGENT_SECRETS_DISABLED: {
    es: 'El servidor no tiene clave con la que guardar secretos (AGENT_SECRETS_KEY).',
    en: 'The server has no key to keep secrets under (AGENT_SECRETS_KEY).',
  },
  ALREADY_FINISHED: {
    es: 'El trabajo ya había terminado; no se ha cambiado nada.',
    en: 'The job had ended already; nothing was changed.',
  },
  AGENT_UNREACHABLE: {
    es: 'No se ha podido preguntar al agente; el trabajo sigue como estaba: {detail}',
    en: 'The agent could not be asked; the job goes on as before: {detail}',
  },
  CANCEL_REFUSED: {
    es: 'No se puede detener; el trabajo sigue como estaba: {detail}',
    en: 'It cannot be stopped; the job goes on as before: {detail}',
  },
  PORT_IN_USE: {
    es: 'Otra sesión multicast está usando el puerto {port}.',
    en: 'Another multicast session is using the port {port}.',
  },
  PORT_FOR_ONE_STREAM: {
    es: 'El puerto {port} solo sirve para una sesión multicast, y una misma oleada necesita {count}: sus clientes dependen de repositorios o de aulas con ajustes distintos.',
    en: 'The port {port} serves one multicast session only, and a single wave needs {count}: its clients depend on different repositories, or on rooms with different settings.',
  },
  NO_FREE_PORT: {
    es: 'Las {count} sesiones multicast posibles están en uso; espere a que termine alguna.',
    en: 'All {count} possible multicast sessions are in use; wait for one to end.',
  },
  NOTHING_TO_RETRY: {
    es: 'Ningún cliente de la operación terminó así, o ya se ha reintentado con todos ellos.',
    en: 'No client of the operation ended that way, or all of them have been tried again since.',
  },
  REPOSITORY_FAILED: {
    es: 'El repositorio {repository} no lo ha hecho: {detail}',
    en: 'The repository {repository} did not do it: {detail}',
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
  JOB_IN_HAND: {
    es: 'El cliente tiene un trabajo sin terminar; sus direcciones no cambian mientras tanto.',
    en: 'The client has a job that has not ended; until then its addresses stay.',
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
  NO_PARAMETERS: { es: 'Este comando no admite parámetros.', en: 'This command takes no parameters.' },
  NOT_A_SHELL_SCRIPT: {
    es: 'Solo los scripts de shell reciben parámetros.',
    en: 'Only shell scripts are given parameters.',
  },
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
  DUPLICATE_PARTITION: { es: 'La partición {number} ya está.', en: 'There is another partition {number}.' },
  LOGICAL_WITHOUT_EXTENDED: {
    es: 'Una tabla MSDOS tiene {max} entradas; para más hace falta una partición extendida.',
    en: 'An MSDOS table has {max} entries; more of them need an extended partition.',
  },
  LOGICAL_GAP: {
    es: 'Las particiones lógicas se numeran seguidas; falta la {missing}.',
    en: 'Logical partitions are numbered without a gap; {missing} is missing.',
  },
  TYPE_NOT_IN_TABLE: {
    es: 'Una tabla {table} no tiene particiones {partitionType}.',
    en: 'A table of the kind {table} has no partitions {partitionType}.',
  },
  ONCE_ONLY: {
    es: 'El disco solo puede tener una partición {partitionType}.',
    en: 'The disk can have one partition {partitionType} only.',
  },
  PRIMARY_ONLY: {
    es: 'Una partición {partitionType} debe ser una de las {max} primarias.',
    en: 'A partition {partitionType} must be one of the {max} primary ones.',
  },
  FILE_SYSTEM_UNSUITABLE: {
    es: 'Ese sistema de archivos no es para una partición {partitionType} (admite: {allowed}).',
    en: 'That file system is not for a partition {partitionType} (which takes: {allowed}).',
  },
  CANNOT_BE_FORMATTED: {
    es: 'Una partición {partitionType} no se formatea.',
    en: 'A partition {partitionType} cannot be formatted.',
  },
  NOT_A_MULTIPLE: { es: 'Debe ser múltiplo de {unit}.', en: 'It must be a multiple of {unit}.' },
  SECOND_REST: {
    es: 'Otra partición ocupa ya lo que sobra; indique un tamaño.',
    en: 'Another partition takes what is left over; give a size.',
  },
  REST_NOT_LAST: {
    es: 'Solo la última partición, aparte de la CACHE, puede ocupar lo que sobra; indique un tamaño.',
    en: 'Only the last partition, but for the CACHE, may take what is left over; give a size.',
  },
  EXTENDED_TOO_SMALL: {
    es: 'Las particiones lógicas necesitan {needed} bytes.',
    en: 'The logical partitions need {needed} bytes.',
  },
  CONFIRMATION_REQUIRED: {
    es: 'Se borrarán los discos de {count} cliente(s). Para confirmarlo escriba: BORRAR {count}',
    en: 'The disks of {count} client(s) will be erased. To confirm it, write: ERASE {count}',
  },
  BAD_CRON: {
    es: 'No es una línea cron de cinco campos, como «30 22 * * 1-5».',
    en: 'It is no cron line of five fields, such as “30 22 * * 1-5”.',
  },
  BAD_TIME_ZONE: {
    es: 'No es una zona horaria, como Europe/Madrid.',
    en: 'It is no time zone, such as Europe/Madrid.',
  },
  NEVER_DUE: { es: 'No llega nunca ese día.', en: 'That day never comes.' },
  IN_THE_PAST: { es: 'Ya ha pasado.', en: 'It is over.' },
  ENDS_BEFORE_START: { es: 'Debe acabar después de empezar.', en: 'It must end after it starts.' },
  NOT_FOR_SCHEDULES: {
    es: 'Una programación no puede llevarlo: solo vale para una orden inmediata.',
    en: 'A schedule cannot have it: it is for an order of the moment.',
  },
  ...CALENDAR_SENTENCES,
  COPY_NOT_READY: {
    es: 'La copia no está en condiciones (estado: {status}).',
    en: 'The copy is in no state for that (status: {status}).',
  },
  COPY_EXISTS: {
    es: 'Ese repositorio ya tiene una copia (estado: {status}).',
    en: 'That repository has a copy already (status: {status}).',
  },
  COPY_HAS_NO_FILE: {
    es: 'No se conoce la suma del fichero: sincronice el repositorio.',
    en: 'The file’s checksum is not known: synchronize the repository.',
  },
  NOT_IN_TRASH: {
    es: 'La copia no está en la papelera (estado: {status}).',
    en: 'The copy is not in the trash (status: {status}).',
  },
  SAME_REPOSITORY: { es: 'Es el mismo repositorio.', en: 'It is the same repository.' },
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
  AGENT_SECRET_UNKNOWN: {
    es: 'No se conoce la clave del agente del sistema instalado; no se envió nada.',
    en: 'The secret of the installed system’s agent is not known; nothing was sent.',
  },
  ORDER_OUTDATED: {
    es: 'La orden dejó de ser válida mientras esperaba; no se envió nada. ({detail})',
    en: 'The order became outdated while it waited; nothing was sent. ({detail})',
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
  PACKET_NOT_SENT: {
    es: 'No se ha podido enviar el paquete que enciende el equipo: {detail}',
    en: 'The packet that switches the machine on could not be sent: {detail}',
  },
  REPOSITORY_UNREACHABLE: {
    es: 'No se ha podido llamar al repositorio: {detail}',
    en: 'The repository could not be called: {detail}',
  },
  REPOSITORY_REFUSED: { es: 'El repositorio se negó: {detail}', en: 'The repository refused: {detail}' },
  JOB_KILLED: { es: 'Alguien detuvo el trabajo en el equipo.', en: 'Somebody stopped the job on the machine.' },
  WAVES_STOPPED: {
    es: 'No se ha enviado: han fallado demasiados clientes antes.',
    en: 'It was not sent: too many clients before it had failed.',
  },
  DATABASE_RESTORED: {
    es: 'La base de datos se ha restaurado de una copia: no se sabe si la orden se envió después de hacerla. Ahora no se envía.',
    en: 'The database was put back from a backup: whether the order was sent after that was made is not known. It is not sent now.',
  },
  TRANSFER_FAILED: {
    es: 'El repositorio no ha transmitido la imagen: {detail}',
    en: 'The repository did not send the image: {detail}',
  },
  AGENT_DID_NOT_ACT: {
    es: 'El equipo aceptó la orden y no la ha cumplido: sigue encendido.',
    en: 'The machine took the order and did not carry it out: it is still on.',
  },
  STARTED_OTHERWISE: {
    es: 'El equipo no ha arrancado el sistema de la partición.',
    en: 'The machine did not start the system of the partition.',
  },
  AGENT_SILENT: {
    es: 'El agente lleva demasiado tiempo sin dar señales.',
    en: 'The agent has been silent for too long.',
  },
};

const REPLICA_FAULTS: Record<ReplicaFault, Sentence> = {
  CAPTURE_FAILED: {
    es: 'La captura falló: el fichero está a medias.',
    en: 'The capture failed: the file is half written.',
  },
  NOT_LISTED: {
    es: 'El repositorio ya no tiene el fichero.',
    en: 'The repository does not have the file any more.',
  },
  AUXILIARY_FILES_FAILED: {
    es: 'El repositorio no pudo crear los ficheros auxiliares: {detail}',
    en: 'The repository could not make the auxiliary files: {detail}',
  },
  TRANSFER_FAILED: {
    es: 'La copia entre repositorios falló: {detail}',
    en: 'The copy between repositories failed: {detail}',
  },
  NOT_INTACT: { es: 'El fichero no coincide con su suma.', en: 'The file does not fit its checksum.' },
};

/** @param detail the repository's own words, which are in whatever language it speaks. */
export function replicaFaultMessage(fault: ReplicaFault, detail: string, locale: Locale): string {
  return fill(REPLICA_FAULTS[fault][locale], { detail });
}

export function errorMessage(error: DomainError, locale: Locale): string {
  return fill(ERRORS[error.messageKey][locale], sayTypes(error.params, locale));
}

const INTERNAL: Sentence = {
  es: 'El servidor no ha podido ordenarla; el motivo está en su registro.',
  en: 'The server could not order it; its log says why.',
};

/** Why a scheduled run has not come to an operation. */
export function runErrorMessage({ messageKey, params }: RunError, locale: Locale): string {
  const sentence = messageKey === 'INTERNAL' ? INTERNAL : ERRORS[messageKey];
  return fill(sentence[locale], sayTypes(params, locale));
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
