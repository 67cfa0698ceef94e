import { z } from 'zod';
import type { ClientStatus } from '#domain/inventory/client-status.ts';
import type { Action } from '#domain/operations/action.ts';
import type { DeployMethod } from '#domain/operations/deploy-method.ts';

/** What an agent of ogLive can be told to do. Machines that are off are not told, but woken. */
type ToldAction = Exclude<Action, 'POWER_ON'>;

/** How agents of some version spell what they are told, and what they tell. What is the same for all stands where it is used. */
export interface AgentDialect {
  /** First part of the path of every order. */
  module: string;
  /** Path that tells how the agent is. */
  statusPath: string;
  kill: string;
  functions: Readonly<Record<ToldAction, string>>;
  methods: Readonly<Record<DeployMethod, string>>;
  /** What comes before a function's name in what is told of its end. */
  answerPrefix: string;
  /** The answer to an agent that asks for work where there is none. */
  noPendingOrders: string;
  /** How a machine's state is written, in lower case. */
  statuses: Readonly<Record<string, ClientStatus>>;
}

/**
 * The agents of version 3. Confirmed are the module, `RestaurarImagen`, `unicast` and the codes OPG, BSY, LNX, WIN, OSX and UNK; the
 * functions are those of the older client; what is marked (IR) was only recollected, and is here to be set right without a new version.
 */
const DEFAULT_DIALECT: AgentDialect = {
  module: 'CloningEngine',
  // (IR) Some have it under /ogAdmClient/status.
  statusPath: '/CloningEngine/status',
  // (IR)
  kill: 'KillJob',
  functions: {
    DEPLOY_IMAGE: 'RestaurarImagen',
    CREATE_IMAGE: 'CrearImagen',
    PARTITION_AND_FORMAT: 'Configurar',
    RUN_SCRIPT: 'EjecutarScript',
    SOFTWARE_INVENTORY: 'InventarioSoftware',
    HARDWARE_INVENTORY: 'InventarioHardware',
    // (IR) Older ones delete by a script.
    DELETE_CACHED_IMAGE: 'EliminarImagenCache',
    POWER_OFF: 'Apagar',
    REBOOT: 'Reiniciar',
    START_SESSION: 'IniciarSesion',
  },
  methods: {
    UNICAST: 'unicast',
    // (IR) From here on.
    UNICAST_DIRECT: 'unicast-direct',
    UDPCAST: 'udpcast',
    UDPCAST_DIRECT: 'udpcast-direct',
    UFTP: 'uftp',
    UFTP_DIRECT: 'uftp-direct',
    P2P: 'p2p',
  },
  answerPrefix: 'RESPUESTA_',
  noPendingOrders: 'NoComandosPtes',
  statuses: {
    opg: 'OGLIVE',
    bsy: 'BUSY',
    lnx: 'LINUX',
    win: 'WINDOWS',
    osx: 'MACOS',
    unk: 'UNKNOWN',
    off: 'OFF',
    ini: 'INITIALIZING',
    oglive: 'OGLIVE',
    busy: 'BUSY',
    initializing: 'INITIALIZING',
    linux: 'LINUX',
    linux_session: 'LINUX_SESSION',
    windows: 'WINDOWS',
    windows_session: 'WINDOWS_SESSION',
    macos: 'MACOS',
    unknown: 'UNKNOWN',
    // (IR) From here on.
    'og-live': 'OGLIVE',
    'linux-session': 'LINUX_SESSION',
    'windows-session': 'WINDOWS_SESSION',
    'macos-session': 'MACOS_SESSION',
    disconnected: 'DISCONNECTED',
  },
};

/** The dialects in use: that of everybody, and those of agents whose version begins in some way. */
export interface AgentDialects {
  standard: AgentDialect;
  byVersion: ReadonlyMap<string, AgentDialect>;
}

export const DEFAULT_DIALECTS: AgentDialects = { standard: DEFAULT_DIALECT, byVersion: new Map() };

const word = z.string().regex(/^[\w.-]{1,60}$/);
const statusWord = z.enum([...new Set(Object.values(DEFAULT_DIALECT.statuses))] as [ClientStatus, ...ClientStatus[]]);

const changes = z.strictObject({
  module: word.optional(),
  statusPath: z
    .string()
    .regex(/^(\/[\w.-]{1,60}){1,8}$/)
    .optional(),
  kill: word.optional(),
  functions: z.strictObject(optionalWords(DEFAULT_DIALECT.functions)).optional(),
  methods: z.strictObject(optionalWords(DEFAULT_DIALECT.methods)).optional(),
  answerPrefix: word.optional(),
  noPendingOrders: word.optional(),
  statuses: z.record(word, statusWord).optional(),
});

/**
 * Reads what differs from the defaults, as JSON by the beginning of the agent's version, `*` for all:
 * `{"*": {"statusPath": "/ogAdmClient/status"}, "1.3": {"methods": {"P2P": "torrent"}}}`.
 *
 * @throws {Error} where it cannot be read, or names what there is not.
 */
export function parseDialects(text: string): AgentDialects {
  if (text.trim() === '') return DEFAULT_DIALECTS;
  const { '*': all = {}, ...others } = z.record(z.string().min(1).max(40), changes).parse(JSON.parse(text));
  const standard = change(DEFAULT_DIALECT, all);
  return {
    standard,
    byVersion: new Map(Object.entries(others).map(([version, own]) => [version, change(standard, own)])),
  };
}

/** The dialect of an agent of this version: of those that fit the one that says most of it. */
export function dialectOf({ standard, byVersion }: AgentDialects, version: string | null): AgentDialect {
  const fitting = [...byVersion.keys()].filter((start) => isOfVersion(version ?? '', start));
  const [longest] = fitting.toSorted((a, b) => b.length - a.length);
  return (longest === undefined ? undefined : byVersion.get(longest)) ?? standard;
}

/** 1.3 is the beginning of 1.3.2 and of 1.3~pre1, and not of 1.30. */
function isOfVersion(version: string, start: string): boolean {
  return version.startsWith(start) && !/^\d/.test(version.slice(start.length));
}

/**
 * The action behind a function's name or a job's: `RestaurarImagen-dfa42888`, `RESPUESTA_RestaurarImagen`. Whoever speaks, any dialect
 * is understood.
 */
export function readAction(dialects: AgentDialects, name: string): Action | null {
  for (const { functions, answerPrefix } of everyDialect(dialects)) {
    const plain = (name.startsWith(answerPrefix) ? name.slice(answerPrefix.length) : name).replace(/-[0-9a-f]+$/i, '');
    const found = Object.entries(functions).find(([, own]) => own === plain);
    if (found !== undefined) return found[0] as ToldAction;
  }
  return null;
}

/** Whether a report is about a job that was to be killed. */
export function isKillAnswer(dialects: AgentDialects, name: string): boolean {
  return everyDialect(dialects).some(({ kill, answerPrefix }) => name === kill || name === `${answerPrefix}${kill}`);
}

/** The state that is meant by a word for it; null for one that nobody is known to use. */
export function readStatusWord(dialects: AgentDialects, said: string): ClientStatus | null {
  const lower = said.trim().toLowerCase();
  for (const { statuses } of everyDialect(dialects)) {
    if (Object.hasOwn(statuses, lower)) return statuses[lower] ?? null;
  }
  return null;
}

function everyDialect({ standard, byVersion }: AgentDialects): readonly AgentDialect[] {
  return [...byVersion.values(), standard];
}

function change(dialect: AgentDialect, given: z.infer<typeof changes>): AgentDialect {
  const { functions, methods, statuses, ...plain } = given;
  return {
    ...dialect,
    ...withoutAbsent(plain),
    functions: { ...dialect.functions, ...withoutAbsent(functions ?? {}) },
    methods: { ...dialect.methods, ...withoutAbsent(methods ?? {}) },
    statuses: {
      ...dialect.statuses,
      ...Object.fromEntries(Object.entries(statuses ?? {}).map(([key, status]) => [key.toLowerCase(), status])),
    },
  };
}

function withoutAbsent<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}

function optionalWords<TKey extends string>(
  words: Readonly<Record<TKey, string>>,
): Record<TKey, z.ZodOptional<typeof word>> {
  return Object.fromEntries(Object.keys(words).map((key) => [key, word.optional()])) as never;
}
