/** One disk or partition as agents write it: all text, sizes in KB, partition 0 the disk with its table type for a code. */
export interface LayoutEntry {
  disk: string;
  partition: string;
  code: string;
  fileSystem: string;
  operatingSystem: string;
  sizeKb: string;
  used: string;
  /** Whether `used` may be so many KB. */
  usedKb?: boolean;
}

export interface LayoutEntries {
  serialNumber: string | null;
  entries: LayoutEntry[];
}

/** Fields of one entry of the compact form; a line that was cut ends in one with fewer. */
const COMPACT_FIELDS = 7;
/** What `getConfiguration` of 1.1 writes of a machine without a disk: one empty disk, and not a word of its use. */
const NO_DISK = /^\d+:0:0:::0$/;
const NOTHING: LayoutEntries = { serialNumber: null, entries: [] };

/** Takes a configuration apart, whichever form it has; no entries where it has none that is known. */
export function readLayoutEntries(cfg: unknown): LayoutEntries {
  if (Array.isArray(cfg)) return fromObjects(cfg);
  if (cfg !== null && typeof cfg === 'object') return fromDocument(new Map(Object.entries(cfg)));
  if (typeof cfg !== 'string') return NOTHING;
  // NUL fits into no text column, and no agent means one.
  const text = cfg.replaceAll('\0', '').trim();
  if (text.startsWith('[') || text.startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(text);
      return typeof parsed === 'string' ? NOTHING : readLayoutEntries(parsed);
    } catch {
      return NOTHING;
    }
  }
  return text.includes('disk=') ? fromLines(text) : fromCompact(text);
}

/** The prototypes of version 2 put their rows into an object: one list, or one of disks and one of partitions. */
function fromDocument(document: ReadonlyMap<string, unknown>): LayoutEntries {
  const rows = ['storage', 'disk_setup', 'partition_setup'].flatMap((key) => {
    const list = document.get(key);
    return Array.isArray(list) ? (list as unknown[]) : [];
  });
  const said = [document.get('serialno'), document.get('serial_number')].find((value) => typeof value === 'string');
  const { serialNumber, entries } = fromObjects(rows);
  return { serialNumber: said?.replaceAll('\0', '').trim() || serialNumber, entries };
}

function fromObjects(items: readonly unknown[]): LayoutEntries {
  let serialNumber: string | null = null;
  const entries: LayoutEntry[] = [];
  for (const item of items) {
    if (item === null || typeof item !== 'object') continue;
    const fields = new Map(
      Object.entries(item).map(([key, value]) => [
        key,
        typeof value === 'string' || typeof value === 'number' ? String(value).replaceAll('\0', '') : '',
      ]),
    );
    if (fields.has('ser')) serialNumber = fields.get('ser')?.trim() || null;
    if (fields.has('disk') || fields.has('dsk')) entries.push(fromFields(fields));
  }
  return { serialNumber, entries };
}

function fromLines(text: string): LayoutEntries {
  const lines = text.split(/\r?\n/).map((line) => new Map(line.split('\t').flatMap(toField)));
  const rows = lines.filter((fields) => fields.has('disk'));
  const serial = lines.find((fields) => fields.has('ser'))?.get('ser');
  // All rows have the keys of the first, unless the text was cut in the middle of one.
  const keys = [...(rows[0]?.keys() ?? [])];
  if (rows.some((fields) => keys.some((key) => !fields.has(key)))) return NOTHING;
  return { serialNumber: serial?.trim() || null, entries: rows.map(fromFields) };
}

function toField(part: string): [string, string][] {
  const at = part.indexOf('=');
  return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1)]];
}

function fromFields(fields: ReadonlyMap<string, string>): LayoutEntry {
  const get = (...keys: string[]) => keys.map((key) => fields.get(key)).find((value) => value !== undefined) ?? '';
  const used = get('uso', 'usage', 'used_size');
  return {
    disk: get('disk', 'dsk'),
    // A row that names no partition is the disk's own.
    partition: get('par', 'partition') || (fields.has('parttable') ? '0' : ''),
    code: get('cpt', 'parttype', 'parttable', 'code'),
    // The documents say `sfi`; the script of 1.1 that writes these lines says `fsi`.
    fileSystem: get('sfi', 'fsi', 'filesystem'),
    operatingSystem: get('soi', 'operatingsystem', 'os'),
    sizeKb: get('tam', 'size'),
    used,
    usedKb: fields.has('used_size'),
  };
}

function fromCompact(text: string): LayoutEntries {
  const parts = text.split(/[;\n]/).map((part) => (NO_DISK.test(part.trim()) ? `${part.trim()}:0` : part.trim()));
  const isCut = parts.some((part) => part.includes(':') && part.split(':').length < COMPACT_FIELDS);
  if (isCut) return NOTHING;
  const entries = parts
    .filter((part) => part.includes(':'))
    .map((part): LayoutEntry => {
      const [disk = '', partition = '', code = '', fileSystem = '', ...rest] = part.split(':');
      // The operating system is free text and may hold colons of its own; size and use are always the last two.
      const [sizeKb = '', used = ''] = rest.slice(-2);
      return { disk, partition, code, fileSystem, operatingSystem: rest.slice(0, -2).join(':'), sizeKb, used };
    });
  const first = parts[0] ?? '';
  return { serialNumber: first === '' || first.includes(':') ? null : first, entries };
}
