import type { Action } from '#client/operations.generated.ts';
import type { Locale } from '#lib/locale.ts';

type Words = Readonly<Record<Locale, string>>;

export const ACTIONS: Readonly<Record<Action, Words>> = {
  CREATE_IMAGE: { es: 'Crear imagen', en: 'Create image' },
  DELETE_CACHED_IMAGE: { es: 'Eliminar imagen caché', en: 'Delete cached image' },
  DEPLOY_IMAGE: { es: 'Desplegar imagen', en: 'Deploy image' },
  HARDWARE_INVENTORY: { es: 'Inventario hardware', en: 'Hardware inventory' },
  PARTITION_AND_FORMAT: { es: 'Particionar y formatear', en: 'Partition and format' },
  POWER_OFF: { es: 'Apagar', en: 'Power off' },
  POWER_ON: { es: 'Encender', en: 'Power on' },
  REBOOT: { es: 'Reiniciar', en: 'Reboot' },
  RUN_SCRIPT: { es: 'Ejecutar script', en: 'Run script' },
  SOFTWARE_INVENTORY: { es: 'Inventario software', en: 'Software inventory' },
  START_SESSION: { es: 'Iniciar sesión', en: 'Start session' },
};

export const WORDS = {
  connecting: { es: 'conectando…', en: 'connecting…' },
  reconnecting: { es: 'reconectando…', en: 'reconnecting…' },
  live: { es: 'en directo', en: 'live' },
  anew: { es: 'se leen de nuevo las trazas', en: 'the traces are read anew' },
  atWork: { es: 'en marcha', en: 'at work' },
  ended: { es: 'terminadas', en: 'ended' },
  more: { es: 'más', en: 'more' },
  noRoom: { es: 'No hay ningún aula que se llame', en: 'There is no room called' },
  whichRoom: { es: 'Hay varias aulas; diga cuál:', en: 'There are several rooms; say which:' },
  unreachable: { es: 'No responde ningún servidor en', en: 'No server answers at' },
  over: { es: 'El servidor ha terminado la suscripción.', en: 'The server has ended the subscription.' },
} satisfies Record<string, Words>;

export const USAGE: Words = {
  es: `Muestra en directo las trazas de un aula, hasta Ctrl-C.

  npm run watch -- --room "Aula Demo" [opciones]

  --room <nombre>        aula; donde hay varias que se llaman igual: "Centro / Aula"
  --url <url>            del servidor (por omisión, http://127.0.0.1:4000/graphql)
  --language <es|en>     idioma de los mensajes`,
  en: `Shows the traces of a room as they happen, until Ctrl-C.

  npm run watch -- --room "Aula Demo" [options]

  --room <name>          room; where several have the name: "Center / Room"
  --url <url>            of the server (by default http://127.0.0.1:4000/graphql)
  --language <es|en>     language of the messages`,
};
