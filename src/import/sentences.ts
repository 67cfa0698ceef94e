import type { MessageParams } from '#domain/message-params.ts';
import type { Locale } from '#lib/locale.ts';
import type { DumpErrorCode } from './errors.ts';
import type { ChangeCode, RefusalCode } from './outcome.ts';

/** A sentence in each language; `{name}` stands for a parameter. Codes are never translated. */
type Sentence = Readonly<Record<Locale, string>>;

const REASONS: Record<RefusalCode | ChangeCode, Sentence> = {
  ALREADY_LISTED: {
    es: 'El volcado ya tiene otra fila con ese identificador.',
    en: 'The dump has another row of that id.',
  },
  DELETED_HERE: {
    es: 'Se trajo antes y se ha borrado aquí desde entonces (--again-deleted la trae de nuevo).',
    en: 'It was brought before and has been deleted here since (--again-deleted brings it again).',
  },
  DISK_ASSUMED: {
    es: 'No hay fila del disco {disk}: queda con tamaño 0 hasta que lo diga su agente.',
    en: 'There is no row for disk {disk}: its size is 0 until its agent tells.',
  },
  GROUP_IN_CIRCLE: {
    es: 'El grupo está dentro de sí mismo: pasa al primer nivel.',
    en: 'The group is inside itself: it was put at the top.',
  },
  GROUP_OF_OTHER_ROOM: {
    es: 'Su grupo {group} es de otra aula o centro: queda sin grupo.',
    en: 'Its group {group} belongs elsewhere: it is in no group now.',
  },
  HARDWARE_KIND_UNKNOWN: {
    es: 'No se conoce el tipo de hardware «{type}».',
    en: 'There is no kind of hardware «{type}».',
  },
  IMAGE_KIND_UNSUPPORTED: {
    es: 'Las imágenes básicas e incrementales (tipo {type}) solo las restaura OpenGnsys 1.1.',
    en: 'Basic and incremental images (type {type}) can only be restored by OpenGnsys 1.1.',
  },
  IMAGE_NAME_INVALID: {
    es: 'Un nombre canónico tiene de 1 a 50 letras sin acento, cifras, guiones y guiones bajos; «{name}» no.',
    en: 'A canonical name is 1 to 50 unaccented letters, digits, hyphens and underscores; «{name}» is not.',
  },
  IP_INVALID: { es: '«{ip}» no es una dirección IPv4.', en: '«{ip}» is no IPv4 address.' },
  IP_REPEATED: { es: 'La dirección {ip} ya la tiene «{other}».', en: 'The address {ip} is already that of «{other}».' },
  MAC_INVALID: { es: '«{mac}» no es una dirección MAC.', en: '«{mac}» is no MAC address.' },
  MAC_REPEATED: { es: 'La MAC {mac} ya la tiene «{other}».', en: 'The MAC {mac} is already that of «{other}».' },
  MERGED: {
    es: 'Es lo mismo que «{name}», que ya está: se han unido.',
    en: 'It is the same as «{name}», which is there already: they became one.',
  },
  NAME_CLEANED: {
    es: 'Se han quitado caracteres de control de su nombre: «{name}».',
    en: 'Control characters were taken out of its name: «{name}».',
  },
  NAME_EMPTY: { es: 'No tiene nombre.', en: 'It has no name.' },
  NAME_REPEATED: {
    es: 'El nombre ya existía: ahora es «{name}».',
    en: 'The name existed already: it is «{name}» now.',
  },
  NAME_SHORTENED: {
    es: 'El nombre tiene más de {max} caracteres: ahora es «{name}».',
    en: 'The name has more than {max} characters: it is «{name}» now.',
  },
  NUMBER_INVALID: {
    es: '«{number}» no es un número de disco o partición.',
    en: '«{number}» is no number of a disk or partition.',
  },
  OWNER_MISSING: {
    es: 'Pertenece a la fila {id} de {table}, que no está en el volcado.',
    en: 'It belongs to row {id} of {table}, which is not in the dump.',
  },
  PROCEDURE_EMPTY: { es: 'El procedimiento no hace nada.', en: 'The procedure does nothing.' },
  PROCEDURE_HAS_STEPS: {
    es: 'El procedimiento no es un solo script ({count} paso(s), o contiene otro procedimiento).',
    en: 'The procedure is not a single script ({count} step(s), or another procedure within).',
  },
  PROCEDURE_IS_NO_SCRIPT: {
    es: 'El procedimiento no es un script, sino «{action}».',
    en: 'The procedure is no script but «{action}».',
  },
  REFERENCE_MISSING: {
    es: 'Se nombra la fila {id} de {table}, que no está en el volcado: esas columnas quedan vacías.',
    en: 'Row {id} of {table} is referred to and is not in the dump: those columns are empty now.',
  },
  ROW_MALFORMED: {
    es: '{count} fila(s) tienen más o menos valores que columnas la tabla.',
    en: '{count} row(s) have more or fewer values than the table has columns.',
  },
  SCRIPT_UNREADABLE: { es: 'No se puede leer su script.', en: 'Its script cannot be read.' },
  SOFTWARE_KIND_UNSUPPORTED: {
    es: 'Solo se guardan sistemas operativos y aplicaciones (tipo {type}).',
    en: 'Only operating systems and applications are kept (type {type}).',
  },
  TEACHER_ELSEWHERE: {
    es: 'El equipo del profesor ({client}) no está en el aula o es de otra: queda sin él.',
    en: 'The teacher’s machine ({client}) is not in the room or is another room’s: it has none now.',
  },
  VALUE_DROPPED: {
    es: 'El valor «{value}» de {column} no es válido: queda vacío.',
    en: 'The value «{value}» of {column} is not valid: it is empty now.',
  },
};

const ERRORS: Record<DumpErrorCode, Sentence> = {
  CHANGED_MEANWHILE: {
    es: 'La base de datos ha cambiado durante la importación y no se ha escrito nada. Vuelva a ejecutarla.',
    en: 'The database changed during the import and nothing was written. Run it again.',
  },
  COLUMNS_UNKNOWN: {
    es: 'El volcado no describe la tabla {table}: hágalo sin --no-create-info.',
    en: 'The dump does not describe the table {table}: make it without --no-create-info.',
  },
  DATABASE_OUTDATED: {
    es: 'La base de datos de ogGraph es de otra versión: arranque el servidor una vez, o importe sin --dry-run.',
    en: 'The database of ogGraph is of another version: start the server once, or import without --dry-run.',
  },
  DUMP_CUT: {
    es: 'El volcado está cortado: le falta el final. Hágalo de nuevo.',
    en: 'The dump was cut: its end is missing. Make it again.',
  },
  FILE_COMPRESSED_OTHERWISE: {
    es: 'El fichero está comprimido como {format}: solo se lee sin comprimir o gzip.',
    en: 'The file is compressed as {format}: only plain files and gzip are read.',
  },
  FILE_IS_UTF16: {
    es: 'El fichero está en UTF-16, como lo escribe «>» en PowerShell: use la opción --result-file de mysqldump.',
    en: 'The file is UTF-16, as «>» in PowerShell writes it: use the option --result-file of mysqldump.',
  },
  FILE_UNREADABLE: { es: 'No se puede leer {path}: {detail}', en: 'Cannot read {path}: {detail}' },
  GZIP_BROKEN: {
    es: 'El fichero gzip está dañado o cortado: {detail}',
    en: 'The gzip file is damaged or was cut: {detail}',
  },
  NOT_A_DUMP: {
    es: 'No es un volcado de una base de datos de OpenGnsys: no tiene tablas centros, aulas ni ordenadores.',
    en: 'It is no dump of a database of OpenGnsys: it has no tables centros, aulas or ordenadores.',
  },
  NO_SUCH_DATABASE: {
    es: 'El volcado no tiene la base de datos {database}, sino: {names}.',
    en: 'The dump does not hold the database {database}, but: {names}.',
  },
  SOURCE_IS_ANOTHER: {
    es: 'Con el nombre «{source}» se importó otra instalación: sus ordenadores son otros. Dé a esta un nombre con --source-name.',
    en: 'Another installation was imported as «{source}»: its machines are others. Name this one by --source-name.',
  },
  SEVERAL_DATABASES: {
    es: 'El volcado tiene varias bases de datos de OpenGnsys ({names}): elija una con --database.',
    en: 'The dump holds several databases of OpenGnsys ({names}): choose one by --database.',
  },
};

/** Tables of which nothing is taken, and why. */
const TABLES: Readonly<Record<string, Sentence>> = {
  acciones: {
    es: 'La cola y el historial de acciones se quedan donde se ejecutaron.',
    en: 'Queue and history of actions stay where they were run.',
  },
  acciones_log: {
    es: 'El historial de acciones se queda donde se ejecutaron.',
    en: 'The history of actions stays where they were run.',
  },
  acciones_menus: { es: 'Los menús no tienen aquí elementos propios.', en: 'Menus have no items of their own here.' },
  administradores_centros: { es: 'Los usuarios no se traen.', en: 'Users are not brought.' },
  grupos: {
    es: 'Grupos de imágenes, menús, perfiles y demás: aquí no se agrupan.',
    en: 'Groups of images, menus, profiles and such: those are not grouped here.',
  },
  ogagent_queue: { es: 'Las órdenes pendientes no se traen.', en: 'Pending orders are not brought.' },
  programaciones: { es: 'Las programaciones no tienen equivalente.', en: 'Schedules have no counterpart.' },
  remotepc: { es: 'Las reservas remotas en curso no se traen.', en: 'Remote reservations in hand are not brought.' },
  tareas: { es: 'Las tareas no tienen equivalente.', en: 'Tasks have no counterpart.' },
  tareas_acciones: { es: 'Las tareas no tienen equivalente.', en: 'Tasks have no counterpart.' },
  usuarios: {
    es: 'Los usuarios no se traen: sus claves no se pueden comprobar con otro método.',
    en: 'Users are not brought: their passwords cannot be checked by another method.',
  },
};

export const TABLES_NOT_TAKEN: readonly string[] = Object.keys(TABLES);

export function reasonSentence(code: RefusalCode | ChangeCode, params: MessageParams, locale: Locale): string {
  return fill(REASONS[code][locale], params);
}

export function errorSentence(code: DumpErrorCode, params: MessageParams, locale: Locale): string {
  return fill(ERRORS[code][locale], params);
}

export function tableSentence(table: string, locale: Locale): string {
  return TABLES[table]?.[locale] ?? '';
}

function fill(sentence: string, params: MessageParams): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}
