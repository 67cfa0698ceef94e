import type { Locale } from '#lib/locale.ts';
import { KINDS } from './report.ts';
import type { Counts, ImportReport, Kind, Remark } from './report.ts';

type Sentence = Readonly<Record<Locale, string>>;

const KIND_LABELS: Record<Kind, Sentence> = {
  centers: { es: 'Centros', en: 'Centers' },
  ogLives: { es: 'ogLive', en: 'ogLives' },
  menus: { es: 'Menús', en: 'Menus' },
  commands: { es: 'Procedimientos', en: 'Commands' },
  softwareProfiles: { es: 'Perfiles de software', en: 'Software profiles' },
  software: { es: 'Software', en: 'Software' },
  hardwareProfiles: { es: 'Perfiles de hardware', en: 'Hardware profiles' },
  hardwareComponents: { es: 'Hardware', en: 'Hardware' },
  repositories: { es: 'Repositorios', en: 'Repositories' },
  roomGroups: { es: 'Grupos de aulas', en: 'Room groups' },
  rooms: { es: 'Aulas', en: 'Rooms' },
  clientGroups: { es: 'Grupos de ordenadores', en: 'Client groups' },
  clients: { es: 'Ordenadores', en: 'Clients' },
  images: { es: 'Imágenes', en: 'Images' },
  imageReplicas: { es: 'Copias en repositorios', en: 'Image replicas' },
  disks: { es: 'Discos', en: 'Disks' },
  partitions: { es: 'Particiones', en: 'Partitions' },
  cachedImages: { es: 'Imágenes en caché', en: 'Cached images' },
};

const COLUMNS: readonly (readonly [keyof Counts, Sentence])[] = [
  ['found', { es: 'Leídos', en: 'Found' }],
  ['created', { es: 'Creados', en: 'Created' }],
  ['alreadyHere', { es: 'Ya estaban', en: 'Already here' }],
  ['changed', { es: 'Cambiados', en: 'Changed' }],
  ['notTaken', { es: 'No traídos', en: 'Not taken' }],
];

const WORDS = {
  notTaken: { es: 'No se ha traído:', en: 'Not taken:' },
  changed: { es: 'Se ha traído con cambios:', en: 'Taken with changes:' },
  tables: { es: 'Tablas de las que no se trae nada:', en: 'Tables of which nothing is taken:' },
  also: { es: 'afecta también a', en: 'concerns also' },
  more: {
    es: '… y {count} más: están todos en el fichero de --report.',
    en: '… and {count} more: all are in the file of --report.',
  },
  rows: { es: '{count} fila(s)', en: '{count} row(s)' },
  dryRun: {
    es: 'Es un ensayo (--dry-run): no se ha escrito nada.',
    en: 'This was a trial (--dry-run): nothing was written.',
  },
  done: { es: 'Importado de «{source}».', en: 'Imported from «{source}».' },
  notAll: {
    es: ' No se ha podido traer todo: {count} fila(s).',
    en: ' Not everything could be taken: {count} row(s).',
  },
} satisfies Record<string, Sentence>;

/** How many remarks a screen can take. */
const MAX_REMARKS = 50;

/** The report for a person at a terminal. */
export function formatReport(report: ImportReport, locale: Locale): string {
  const lines = [formatCounts(report, locale)];
  for (const [outcome, word] of [
    ['NOT_TAKEN', 'notTaken'],
    ['CHANGED', 'changed'],
  ] as const) {
    const remarks = report.remarks.filter((remark) => remark.outcome === outcome);
    if (remarks.length === 0) continue;
    lines.push(
      '',
      WORDS[word][locale],
      ...remarks.slice(0, MAX_REMARKS).map((remark) => `  ${formatRemark(remark, locale)}`),
    );
    const more = remarks.length - MAX_REMARKS;
    if (more > 0) lines.push(`  ${fill(WORDS.more[locale], { count: more })}`);
  }
  if (report.tablesNotTaken.length > 0) {
    lines.push('', WORDS.tables[locale]);
    for (const each of report.tablesNotTaken) {
      lines.push(`  ${each.table} (${fill(WORDS.rows[locale], { count: each.rows })}): ${each[locale]}`);
    }
  }
  lines.push('');
  const lost = KINDS.reduce((sum, kind) => sum + report.kinds[kind].notTaken, 0);
  const done = report.dryRun ? WORDS.dryRun[locale] : fill(WORDS.done[locale], { source: report.sourceName });
  lines.push(`${done}${lost === 0 ? '' : fill(WORDS.notAll[locale], { count: lost })}`);
  return lines.join('\n');
}

function formatCounts(report: ImportReport, locale: Locale): string {
  const rows = KINDS.filter((kind) => report.kinds[kind].found > 0).map((kind) => [
    KIND_LABELS[kind][locale],
    ...COLUMNS.map(([column]) => String(report.kinds[kind][column])),
  ]);
  const table = [['', ...COLUMNS.map(([, label]) => label[locale])], ...rows];
  const widths = (table[0] ?? []).map((_cell, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

function formatRemark(remark: Remark, locale: Locale): string {
  const what = [remark.table, remark.legacyId, remark.name === '' ? '' : `«${remark.name}»`].filter(
    (part) => part !== '',
  );
  const also = Object.entries(remark.also).map(([table, rows]) => `${table} ${rows}`);
  const rest = also.length === 0 ? '' : ` (${WORDS.also[locale]}: ${also.join(', ')})`;
  return `${what.join(' ')}: ${remark[locale]} [${remark.code}]${rest}`;
}

function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String(values[name]));
}
