import type { Locale } from '#lib/locale.ts';
import type { MessageParams } from './message-params.ts';

/** What people call one thing of a type, and several. */
const TYPE_WORDS: Readonly<Record<string, Readonly<Record<Locale, readonly [one: string, many: string]>>>> = {
  ActiveTrace: { es: ['trabajo en curso', 'trabajos en curso'], en: ['job in hand', 'jobs in hand'] },
  Blackout: { es: ['bloqueo de aula', 'bloqueos de aula'], en: ['blackout', 'blackouts'] },
  BlackoutCalendar: {
    es: ['calendario de bloqueos', 'calendarios de bloqueos'],
    en: ['calendar of blackouts', 'calendars of blackouts'],
  },
  CachedImage: { es: ['copia en caché', 'copias en caché'], en: ['cached copy', 'cached copies'] },
  Center: { es: ['centro', 'centros'], en: ['center', 'centers'] },
  Client: { es: ['cliente', 'clientes'], en: ['client', 'clients'] },
  ClientGroup: { es: ['grupo de clientes', 'grupos de clientes'], en: ['client group', 'client groups'] },
  Command: { es: ['comando', 'comandos'], en: ['command', 'commands'] },
  DeadLetter: { es: ['informe perdido', 'informes perdidos'], en: ['dead letter', 'dead letters'] },
  HardwareProfile: {
    es: ['perfil de hardware', 'perfiles de hardware'],
    en: ['hardware profile', 'hardware profiles'],
  },
  Image: { es: ['imagen', 'imágenes'], en: ['image', 'images'] },
  ImageReplica: { es: ['copia de imagen', 'copias de imagen'], en: ['image copy', 'image copies'] },
  Menu: { es: ['menú', 'menús'], en: ['menu', 'menus'] },
  OgLive: { es: ['ogLive', 'ogLives'], en: ['ogLive', 'ogLives'] },
  Operation: { es: ['operación', 'operaciones'], en: ['operation', 'operations'] },
  Partition: { es: ['partición', 'particiones'], en: ['partition', 'partitions'] },
  PxeTemplate: { es: ['plantilla PXE', 'plantillas PXE'], en: ['PXE template', 'PXE templates'] },
  Repository: { es: ['repositorio', 'repositorios'], en: ['repository', 'repositories'] },
  Room: { es: ['aula', 'aulas'], en: ['room', 'rooms'] },
  RoomGroup: { es: ['grupo de aulas', 'grupos de aulas'], en: ['group of rooms', 'groups of rooms'] },
  Schedule: { es: ['programación', 'programaciones'], en: ['schedule', 'schedules'] },
  SoftwareProfile: {
    es: ['perfil de software', 'perfiles de software'],
    en: ['software profile', 'software profiles'],
  },
  Subnet: { es: ['subred', 'subredes'], en: ['subnet', 'subnets'] },
  Trace: { es: ['traza', 'trazas'], en: ['trace', 'traces'] },
};

/** Parameters whose values are names of types. */
const NAMES_TYPE = new Set(['type', 'parent']);

/** The parameters of a sentence with names of types in the words of people; `usage`, `Client:3,Room:1`, becomes «3 clientes, 1 aula». */
export function sayTypes(params: MessageParams, locale: Locale): MessageParams {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (NAMES_TYPE.has(name)) return [name, TYPE_WORDS[String(value)]?.[locale][0] ?? value];
      return [name, name === 'usage' ? sayUsage(String(value), locale) : value];
    }),
  );
}

function sayUsage(usage: string, locale: Locale): string {
  return usage
    .split(',')
    .map((each) => {
      const [type = '', count = ''] = each.split(':');
      return `${count} ${TYPE_WORDS[type]?.[locale][count === '1' ? 0 : 1] ?? type}`;
    })
    .join(', ');
}
