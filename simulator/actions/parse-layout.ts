/** What to do with a partition: nothing, format it, hide it, show it. */
export type LayoutOperation = '0' | '1' | '2' | '3';

export interface LayoutEntry {
  number: number;
  /** Mnemonic of the partition's type: `LINUX`, `NTFS`, `CACHE`… */
  type: string;
  fileSystem: string;
  sizeKb: number;
  operation: LayoutOperation;
}

/** A whole disk as `cfg` of Configurar describes it. */
export interface Layout {
  disk: string;
  /** Null where the call does not say: the disk then keeps its own. */
  table: 'MSDOS' | 'GPT' | null;
  entries: LayoutEntry[];
}

const TABLES: Readonly<Record<string, 'MSDOS' | 'GPT'>> = { MSDOS: 'MSDOS', '1': 'MSDOS', GPT: 'GPT', '2': 'GPT' };
const CACHE_NUMBER = 4;

/**
 * Reads both forms: `dis=1*che=0*tch=0!par=1*cpt=LINUX*sfi=EXT4*tam=20480000*ope=1%…`, and a JSON array of objects with the
 * same keys, the one with `dis` first. Entries that only fill up a gap (`EMPTY`, size 0) are left out.
 *
 * @throws {Error} with what the agent answers.
 */
export function parseLayout(cfg: string): Layout {
  const [header = {}, ...blocks] = cfg.trimStart().startsWith('[') ? readArray(cfg) : readWireForm(cfg);
  const disk = take(header, 'dis', /^\d{1,3}$/);
  const table = header['ttp'] === undefined ? null : TABLES[header['ttp'].toUpperCase()];
  if (table === undefined) throw new Error('cfg: ttp is neither MSDOS nor GPT');
  const entries = blocks.map(readEntry).filter(({ type }) => type !== 'EMPTY');
  const doubled = entries.find(({ number }, index) => entries.findIndex((other) => other.number === number) < index);
  if (doubled !== undefined) throw new Error(`cfg: partition ${doubled.number} comes twice`);

  // The header alone may ask for a cache: it then has the place it always had.
  const cacheKb = Number(take({ tch: '0', ...header }, 'tch', /^\d{1,15}$/));
  const wantsCache = take({ che: '0', ...header }, 'che', /^[01]$/) === '1' && cacheKb > 0;
  const hasCache = entries.some(({ type, number }) => type === 'CACHE' || number === CACHE_NUMBER);
  if (wantsCache && !hasCache) {
    entries.push({ number: CACHE_NUMBER, type: 'CACHE', fileSystem: 'CACHE', sizeKb: cacheKb, operation: '0' });
  }
  return { disk, table, entries };
}

function readEntry(block: Record<string, string>): LayoutEntry {
  return {
    number: Number(take(block, 'par', /^[1-9]\d{0,2}$/)),
    type: take(block, 'cpt', /^[A-Z][A-Z0-9-]*$/),
    fileSystem: take({ sfi: '', ...block }, 'sfi', /^[A-Za-z0-9_-]*$/),
    sizeKb: Number(take(block, 'tam', /^\d{1,15}$/)),
    operation: take({ ope: '0', ...block }, 'ope', /^[0-3]$/) as LayoutOperation,
  };
}

function take(block: Record<string, string>, key: string, pattern: RegExp): string {
  const value = block[key];
  if (value === undefined) throw new Error(`cfg: ${key} is missing`);
  if (!pattern.test(value)) throw new Error(`cfg: ${key} cannot be ${value}`);
  return value;
}

function readWireForm(cfg: string): Record<string, string>[] {
  const at = cfg.indexOf('!');
  const [header, rest] = at === -1 ? [cfg, ''] : [cfg.slice(0, at), cfg.slice(at + 1)];
  const blocks = rest.split('%');
  if (blocks.pop()?.trim() !== '') throw new Error('cfg: a partition is not ended by %');
  return [header, ...blocks].map((block) =>
    Object.fromEntries(
      block.split('*').map((pair) => {
        const equals = pair.indexOf('=');
        if (equals < 1) throw new Error(`cfg: ${pair} is not of the form key=value`);
        return [pair.slice(0, equals), pair.slice(equals + 1)];
      }),
    ),
  );
}

function readArray(cfg: string): Record<string, string>[] {
  const blocks = JSON.parse(cfg) as unknown[];
  return blocks.map((block) => {
    const isTextual =
      block !== null && typeof block === 'object' && Object.values(block).every((value) => typeof value === 'string');
    if (!isTextual) throw new Error('cfg: not an array of objects of strings');
    return block as Record<string, string>;
  });
}
