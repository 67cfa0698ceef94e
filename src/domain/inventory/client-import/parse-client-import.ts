import { findFirstCharacter } from './blank-hash-comments.ts';
import type { ImportContent, ImportFileProblem, ImportFormat, ParsedImport } from './parsed-import.ts';
import { readCsvClients, readCsvHeader } from './read-csv-clients.ts';
import { isDhcpdConf, readDhcpdHosts } from './read-dhcpd-hosts.ts';
import { readKeaReservations } from './read-kea-reservations.ts';

const READERS: Readonly<Record<ImportFormat, (text: string) => ImportContent>> = {
  ISC_DHCPD: readDhcpdHosts,
  KEA_JSON: readKeaReservations,
  CSV: readCsvClients,
};

/** The format that a text is in; null when nothing that can be read fits. */
function detectImportFormat(text: string): ImportFormat | null {
  if (['{', '['].includes(findFirstCharacter(text))) return 'KEA_JSON';
  const { known } = readCsvHeader(text);
  // One word that could head a column may also begin a dhcpd.conf: «host».
  if (known > 1) return 'CSV';
  if (isDhcpdConf(text)) return 'ISC_DHCPD';
  return known === 1 ? 'CSV' : null;
}

function toFileProblem(code: 'UNKNOWN_FORMAT' | 'NO_CLIENTS'): ImportFileProblem {
  return { code, field: null, params: {}, line: null };
}

/**
 * Reads the clients that a text describes, in the format given or else in the one it looks like.
 *
 * Takes any text and never throws; what cannot be read is named in the problems, of a row or of the file. Rows are
 * judged one by one: `markDuplicates` compares them.
 */
export function parseClientImport(text: string, format: ImportFormat | null): ParsedImport {
  // Line ends of every system become one, so that all readers count the same lines.
  const lines = text.replace(/^\u{FEFF}/u, '').replaceAll(/\r\n?/g, '\n');
  const isBlank = lines.trim() === '';
  const found = format ?? (isBlank ? null : detectImportFormat(lines));
  if (isBlank || found === null) {
    const problem = toFileProblem(isBlank ? 'NO_CLIENTS' : 'UNKNOWN_FORMAT');
    return { format: found, rows: [], problems: [problem], warnings: [] };
  }
  const content = READERS[found](lines);
  if (content.rows.length > 0 || content.problems.length > 0) return { format: found, ...content };
  return { format: found, ...content, problems: [toFileProblem('NO_CLIENTS')] };
}
