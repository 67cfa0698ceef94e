import type { FitnessReason } from '#domain/imaging/image-fitness.ts';
import type { Sentence } from '#domain/message-params.ts';
import type { ReasonCode } from './reasons.ts';

/** Why an operation may not, or should not lightly, go to a client; `{name}` stands for a parameter. */
export const REASONS: Record<ReasonCode | FitnessReason['code'], Sentence> = {
  CLIENT_NOT_FOUND: { es: 'No existe ningún cliente con ese identificador.', en: 'No client has that id.' },
  CLIENT_IN_MAINTENANCE: { es: 'El cliente está en mantenimiento.', en: 'The client is under maintenance.' },
  CLIENT_NOT_ON_OGLIVE: {
    es: 'El cliente no ha arrancado ogLive (estado: {status}).',
    en: 'The client is not running ogLive (status: {status}).',
  },
  CLIENT_BUSY: { es: 'El cliente tiene otro trabajo en curso.', en: 'The client has another job in hand.' },
  AGENT_SECRET_UNKNOWN: {
    es: 'El agente del sistema instalado aún no ha dicho su clave: lo hace al arrancar.',
    en: 'The agent of the installed system has not told its secret yet: it does so when it starts.',
  },
  SOMEONE_LOGGED_IN: {
    es: 'Hay alguien trabajando en el equipo (estado: {status}).',
    en: 'Somebody is logged in at the machine (status: {status}).',
  },
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
  CACHE_TOO_SMALL: {
    es: 'El fichero de la imagen ocupa {needed} bytes y la CACHE tiene {available}.',
    en: 'The image’s file takes {needed} bytes and the CACHE has {available}.',
  },
  CHECKSUM_UNKNOWN: {
    es: 'No se conoce la suma de la imagen en su repositorio: sincronícelo antes.',
    en: 'The checksum of the image in its repository is not known: synchronize it first.',
  },
  NO_MULTICAST_ADDRESS: {
    es: 'El aula no tiene dirección multicast, ni router y máscara de los que deducirla.',
    en: 'The room has no multicast address, nor a router and a netmask to derive one from.',
  },
  PARTITION_HAS_NO_FILE_SYSTEM: {
    es: 'La partición {partition} del disco {disk} no tiene sistema de ficheros.',
    en: 'Partition {partition} of disk {disk} has no file system.',
  },
  IMAGE_IN_USE: {
    es: 'La imagen se está usando en {count} trabajo(s) sin terminar.',
    en: 'The image is used by {count} job(s) that have not ended.',
  },
  CLIENT_IS_ON: {
    es: 'El cliente ya está encendido (estado: {status}).',
    en: 'The client is on already (status: {status}).',
  },
  NO_BROADCAST_ADDRESS: {
    es: 'No se sabe en qué red está el cliente: ni su subred ni su aula lo dicen.',
    en: 'Which network the client is in is not known: neither its subnet nor its room says so.',
  },
  IN_BLACKOUT: {
    es: 'El aula no debe molestarse hasta {until} ({name}).',
    en: 'The room is not to be disturbed until {until} ({name}).',
  },
  NO_ROOM_IN_CACHE: {
    es: 'El fichero de la imagen ocupa {needed} bytes y en la CACHE quedan {available}.',
    en: 'The image’s file takes {needed} bytes and {available} are left in the CACHE.',
  },
  PARTITION_SIZES_DIFFER: {
    es: 'Las particiones de destino no son iguales: de {smallest} a {largest} bytes.',
    en: 'The target partitions are not alike: from {smallest} to {largest} bytes.',
  },
  FIRMWARE_DIFFERS: {
    es: 'El cliente arranca por {firmware} y la imagen es de un equipo que arranca por {image}.',
    en: 'The client boots by {firmware} and the image is of a machine that boots by {image}.',
  },
  WILL_WAIT_FOR_JOB: {
    es: 'Esperará a que termine el trabajo en curso del cliente.',
    en: 'It will wait until the client’s job in hand has ended.',
  },
  JOB_WILL_BE_INTERRUPTED: {
    es: 'El cliente tiene un trabajo en curso, que se interrumpirá.',
    en: 'The client has a job in hand, which will be interrupted.',
  },
  HELD_BY_BLACKOUT: {
    es: 'Esperará a que el aula pueda molestarse, a partir de {until} ({name}).',
    en: 'It will wait until the room may be disturbed, from {until} on ({name}).',
  },
  BLACKOUT_OVERRIDDEN: {
    es: 'Se hará aunque el aula no debe molestarse hasta {until} ({name}).',
    en: 'It will be done although the room is not to be disturbed until {until} ({name}).',
  },
  LAYOUT_TOO_LARGE: {
    es: 'Las particiones necesitan {needed} bytes y el disco tiene {available}.',
    en: 'The partitions need {needed} bytes and the disk has {available}.',
  },
  EFI_PARTITION_MISSING: {
    es: 'El cliente arranca por UEFI y el disco {disk} quedaría sin partición EFI en una tabla GPT.',
    en: 'The client boots by UEFI, and disk {disk} would have no EFI partition in a GPT table.',
  },
  GPT_ON_BIOS: {
    es: 'El cliente arranca por BIOS: puede que no arranque de una tabla GPT (disco {disk}).',
    en: 'The client boots by BIOS: it may not start from a GPT table (disk {disk}).',
  },
  CACHE_WILL_BE_LOST: {
    es: 'Se perderá la CACHE con sus imágenes (disco {disk}, partición {partition}).',
    en: 'The CACHE and its images will be lost (disk {disk}, partition {partition}).',
  },
  CACHE_WILL_BE_FORMATTED: {
    es: 'La CACHE se formateará (disco {disk}, partición {partition}).',
    en: 'The CACHE will be formatted (disk {disk}, partition {partition}).',
  },
  SYSTEMS_WILL_BE_LOST: {
    es: 'Se perderá lo que hay en el disco {disk} ({systems}).',
    en: 'What is on disk {disk} will be lost ({systems}).',
  },
  NO_CACHE_PLANNED: {
    es: 'El cliente quedará sin partición CACHE.',
    en: 'The client will have no CACHE partition.',
  },
};
