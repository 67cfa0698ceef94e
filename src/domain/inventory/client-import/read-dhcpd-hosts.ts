import { MAX_IMPORT_DEPTH, MAX_IMPORT_ROWS, addProblem } from './parsed-import.ts';
import type { ImportContent, ImportFileProblem, ImportProblem, ImportRow } from './parsed-import.ts';
import { scanDhcpdConf } from './scan-dhcpd-conf.ts';
import type { DhcpdPiece } from './scan-dhcpd-conf.ts';
import { firstLabel, quoteValue, toImportRow } from './to-import-row.ts';

/** What never stands inside a host: where it does, that host was not closed. */
const DECLARATIONS = new Set(['host', 'group', 'subnet', 'shared-network', 'pool', 'class', 'subclass', 'zone', 'key']);

/** What a host may be known by in place of its MAC address. */
const IDENTIFIERS = new Set(['dhcp-client-identifier', 'host-identifier', 'uid']);

const STATEMENTS = new Set(['hardware', 'fixed-address', 'option', 'default-lease-time', 'max-lease-time', 'include']);

interface Host {
  label: string;
  hostName: string;
  mac: string | null;
  ip: string | null;
  identifier: string | null;
  problems: ImportProblem[];
}

interface Block {
  line: number;
  title: string;
  host: Host | null;
}

/** True when the text holds a block or a statement of dhcpd's. */
export function isDhcpdConf(text: string): boolean {
  for (const { kind, words } of scanDhcpdConf(text)) {
    const first = words[0]?.toLowerCase() ?? '';
    if (kind === 'open' && (DECLARATIONS.has(first) || findHost(words) !== -1)) return true;
    if (kind === 'statement' && words.length > 1 && STATEMENTS.has(first)) return true;
  }
  return false;
}

/** Where «host» stands in the words before a brace: first, or last but one after a statement that nothing ended. */
function findHost(words: readonly string[]): number {
  if (words[0]?.toLowerCase() === 'host') return 0;
  return words.length > 2 && words.at(-2)?.toLowerCase() === 'host' ? words.length - 2 : -1;
}

function applyHardware(host: Host, { words, line }: DhcpdPiece): void {
  const [, type = '', mac = '', ...rest] = words;
  if (type.toLowerCase() !== 'ethernet') {
    addProblem(host.problems, { code: 'BAD_HARDWARE_TYPE', field: 'mac', params: { value: quoteValue(type) } });
    return;
  }
  if (rest.length > 0) addProblem(host.problems, { code: 'SYNTAX_ERROR', field: null, params: { line } });
  if (host.mac === null) {
    host.mac = mac;
    return;
  }
  const value = [host.mac, mac].filter(Boolean).map(quoteValue).join(', ');
  addProblem(host.problems, { code: 'SEVERAL_ADDRESSES', field: 'mac', params: { value } });
  host.mac = '';
}

function applyFixedAddress(host: Host, { words, commas, line }: DhcpdPiece): void {
  const [, ...addresses] = words;
  if (commas > 0 || host.ip !== null) {
    const value = [host.ip ?? '', ...addresses.slice(0, 4)].filter(Boolean).map(quoteValue).join(', ');
    addProblem(host.problems, { code: 'SEVERAL_ADDRESSES', field: 'ip', params: { value } });
    host.ip = '';
    return;
  }
  if (addresses.length > 1) addProblem(host.problems, { code: 'SYNTAX_ERROR', field: null, params: { line } });
  host.ip = addresses[0] ?? '';
}

function applyStatement(host: Host, piece: DhcpdPiece): void {
  const [first = '', second = '', ...rest] = piece.words;
  const name = first.toLowerCase();
  const option = name === 'option' ? second.toLowerCase() : '';
  if (name === 'hardware') applyHardware(host, piece);
  else if (name === 'fixed-address') applyFixedAddress(host, piece);
  else if (option === 'host-name') {
    host.hostName = rest[0] ?? '';
    if (rest.length !== 1) {
      addProblem(host.problems, { code: 'SYNTAX_ERROR', field: null, params: { line: piece.line } });
    }
  } else if (IDENTIFIERS.has(option)) host.identifier = option;
  else if (IDENTIFIERS.has(name)) host.identifier = name;
}

function toRow(line: number, { label, hostName, mac, ip, identifier, problems }: Host): ImportRow {
  if (mac === null && identifier !== null) {
    addProblem(problems, { code: 'OTHER_IDENTIFIER', field: 'mac', params: { value: identifier } });
  }
  // The label only has to be unique in dhcpd's configuration; the option is the name that the machine is given.
  const name = firstLabel(hostName) || label;
  return toImportRow({ line, raw: { name, mac: mac ?? '', ip: ip ?? '' }, problems });
}

/**
 * The `host` blocks of a dhcpd.conf, whole or in part, wherever they stand. A mistake costs no more than the host that
 * it stands in: what follows is still read.
 */
export function readDhcpdHosts(text: string): ImportContent {
  const rows: ImportRow[] = [];
  const problems: ImportFileProblem[] = [];
  const warnings: ImportFileProblem[] = [];
  const blocks: Block[] = [];
  /** At most one of the blocks is a host. */
  let current: { block: Block; host: Host } | null = null;

  function finish(block: Block, host: Host): void {
    rows.push(toRow(block.line, host));
    current = null;
  }
  function finishUnclosed(block: Block): void {
    const problem: ImportProblem = { code: 'UNCLOSED_BLOCK', field: null, params: { value: block.title } };
    if (block.host === null) addProblem(problems, { ...problem, line: block.line });
    else {
      addProblem(block.host.problems, problem);
      finish(block, block.host);
    }
  }
  /** Of the host that is being read, or else of the file. */
  function reportAt(line: number, code: 'SYNTAX_ERROR' | 'UNCLOSED_STRING'): void {
    if (current === null) addProblem(problems, { code, field: null, params: {}, line });
    else addProblem(current.host.problems, { code, field: null, params: { line } });
  }
  function apply(piece: DhcpdPiece): void {
    const first = piece.words[0]?.toLowerCase();
    if (current !== null && blocks.at(-1) === current.block) applyStatement(current.host, piece);
    if (first === 'host') reportAt(piece.line, 'SYNTAX_ERROR');
    if (first === 'include') {
      const params = { value: quoteValue(piece.words[1] ?? '') };
      addProblem(warnings, { code: 'INCLUDE_NOT_FOLLOWED', field: null, params, line: piece.line });
    }
  }

  function open(piece: DhcpdPiece, hostAt: number): void {
    const { words } = piece;
    if (hostAt > 0) {
      reportAt(piece.line, 'SYNTAX_ERROR');
      apply({ ...piece, words: words.slice(0, hostAt) });
    }
    if (current !== null && (hostAt !== -1 || DECLARATIONS.has(words[0]?.toLowerCase() ?? ''))) {
      blocks.splice(blocks.indexOf(current.block), 1);
      finishUnclosed(current.block);
    }
    const block: Block = {
      line: piece.lines[Math.max(hostAt, 0)] ?? piece.line,
      title: quoteValue(words.slice(Math.max(hostAt, 0)).slice(0, 4).join(' ')),
      host: null,
    };
    if (hostAt !== -1) {
      const host: Host = {
        label: words[hostAt + 1] ?? '',
        hostName: '',
        mac: null,
        ip: null,
        identifier: null,
        problems: [],
      };
      if (words.length > hostAt + 2) {
        addProblem(host.problems, { code: 'SYNTAX_ERROR', field: null, params: { line: block.line } });
      }
      block.host = host;
      current = { block, host };
    }
    blocks.push(block);
  }

  for (const piece of scanDhcpdConf(text)) {
    const { kind, words, line } = piece;
    if (kind === 'open') {
      const hostAt = findHost(words);
      const limit =
        blocks.length === MAX_IMPORT_DEPTH
          ? ({ code: 'TOO_DEEP', params: { max: MAX_IMPORT_DEPTH } } as const)
          : hostAt !== -1 && rows.length + (current === null ? 0 : 1) >= MAX_IMPORT_ROWS
            ? ({ code: 'TOO_MANY_ROWS', params: { max: MAX_IMPORT_ROWS } } as const)
            : null;
      if (limit !== null) {
        problems.push({ ...limit, field: null, line });
        return { rows, problems, warnings };
      }
      open(piece, hostAt);
    } else if (kind === 'broken') reportAt(line, 'UNCLOSED_STRING');
    else if (kind === 'statement') apply(piece);
    else {
      if (words.length > 0) {
        apply(piece);
        if (kind === 'end' || current !== null) reportAt(line, 'SYNTAX_ERROR');
      }
      if (kind === 'close') {
        const block = blocks.pop();
        if (block === undefined) reportAt(line, 'SYNTAX_ERROR');
        else if (block.host !== null) finish(block, block.host);
      }
    }
  }
  for (const block of blocks) finishUnclosed(block);
  return { rows, problems, warnings };
}
