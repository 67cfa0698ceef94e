import { isIPv4 } from 'node:net';
import { parseArgs } from 'node:util';
import { DEFAULT_BEHAVIOUR, FAULT_MEANINGS, REBOOT_TARGETS, REPORT_ORDERS } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { createMadeUpRoom } from './create-made-up-room.ts';
import type { RepositoryOptions } from './create-repository.ts';
import { parseBehaviour } from './parse-behaviour.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import { createWalkthroughDisk, walkthroughRoom } from './walkthrough-room.ts';

export interface CommandLine {
  help: boolean;
  serverUrl: string;
  host: string;
  port: number;
  boot: boolean;
  agents: readonly SimulatedMachine[];
  behaviour: Partial<Behaviour>;
  /** Missing where no repository is asked for. */
  repository?: RepositoryOptions;
}

/** The behaviour behind each option that sets one. */
const BEHAVIOUR_OPTIONS = {
  duration: 'durationMs',
  steps: 'progressSteps',
  'answer-delay': 'answerDelayMs',
  fault: 'fault',
  'engine-code': 'engineCode',
  'stall-at': 'stallAtPercent',
  duplicates: 'duplicateReports',
  order: 'reportOrder',
  'job-hex': 'fixedJobHex',
  'act-delay': 'actDelayMs',
  'reboot-into': 'rebootInto',
  'kill-delay': 'killDelayMs',
  'join-timeout': 'joinTimeoutMs',
  system: 'restoredOperatingSystem',
  'start-attempts': 'startAttempts',
} as const satisfies Record<string, keyof Behaviour>;

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  server: { type: 'string', default: 'http://127.0.0.1:4000/opengnsys/rest' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  client: { type: 'string', multiple: true, default: [] as string[] },
  room: { type: 'string', multiple: true, default: [] as string[] },
  boot: { type: 'boolean', default: false },
  repository: { type: 'string' },
  duration: { type: 'string' },
  steps: { type: 'string' },
  'answer-delay': { type: 'string' },
  fault: { type: 'string' },
  'engine-code': { type: 'string' },
  'stall-at': { type: 'string' },
  duplicates: { type: 'string' },
  order: { type: 'string' },
  'finish-before-answer': { type: 'boolean', default: false },
  'job-hex': { type: 'string' },
  'no-list-jobs': { type: 'boolean', default: false },
  'act-delay': { type: 'string' },
  'reboot-into': { type: 'string' },
  'no-kill-jobs': { type: 'boolean', default: false },
  'kill-delay': { type: 'string' },
  'join-timeout': { type: 'string' },
  system: { type: 'string' },
  // Started together with the server, the agents are up first and have to wait for it, as real ones would.
  'start-attempts': { type: 'string', default: '100' },
} as const;

export const USAGE = `A room of simulated ogAgents that speak the real protocol.

Usage: npm run simulator -- [options]

  --server URL            base of the reports (${OPTIONS.server.default})
  --host ADDRESS          where the agents listen (${OPTIONS.host.default})
  --port NUMBER           the one port of all agents (0: a free one)
  --client NAME,MAC,IP    a PC; may be repeated
  --room NETWORK:COUNT    made-up PCs, such as 192.168.2.0/24:30; may be repeated
                          (neither: the walkthrough's modelo and pc1)
  --repository PORT       an ogRepository too, on a port of its own (0: a free one)
  --boot                  all of them start ogLive at once
  --start-attempts N      how often they announce it, 3 s apart (${OPTIONS['start-attempts'].default})

How they act, until told otherwise:
  --duration MS           of a job (${DEFAULT_BEHAVIOUR.durationMs})
  --steps N               progress reports a job (${DEFAULT_BEHAVIOUR.progressSteps})
  --answer-delay MS       before each answer (${DEFAULT_BEHAVIOUR.answerDelayMs})
  --fault FAULT           see below (${DEFAULT_BEHAVIOUR.fault})
  --engine-code N         for engine-error (${DEFAULT_BEHAVIOUR.engineCode})
  --stall-at PERCENT      for stall (${DEFAULT_BEHAVIOUR.stallAtPercent})
  --duplicates N          copies of each report (${DEFAULT_BEHAVIOUR.duplicateReports})
  --order ORDER           of the reports: ${REPORT_ORDERS.join(', ')}
  --finish-before-answer  the job ends before its call is answered
  --job-hex HEX           the same job id on all of them, such as dfa42888
  --no-list-jobs          old agents, which know no status call
  --act-delay MS          from the report of going off or starting anew to doing it (${DEFAULT_BEHAVIOUR.actDelayMs})
  --reboot-into WHERE     ${REBOOT_TARGETS.join(', ')} (${DEFAULT_BEHAVIOUR.rebootInto})
  --no-kill-jobs          old agents, which know no KillJob
  --kill-delay MS         from the answer to KillJob to the job's end (${DEFAULT_BEHAVIOUR.killDelayMs})
  --join-timeout MS       how long a multicast session is waited for (${DEFAULT_BEHAVIOUR.joinTimeoutMs})
  --system NAME           what a restored partition holds (${DEFAULT_BEHAVIOUR.restoredOperatingSystem})

Faults:
${Object.entries(FAULT_MEANINGS)
  .map(([fault, meaning]) => `  ${fault.padEnd(22)}${meaning}`)
  .join('\n')}

While it runs it reads commands, one a line; «help» lists them.`;

/** @throws {Error} with one line on the first mistake. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false });
  if (!URL.canParse(values.server) || !/^https?:/.test(values.server)) {
    throw new Error(`--server: ${values.server} is not an http or https URL`);
  }
  return {
    help: values.help,
    serverUrl: values.server,
    host: values.host,
    port: readPort('--port', values.port),
    boot: values.boot,
    agents: readAgents(values.client, values.room),
    behaviour: {
      ...readBehaviour(values),
      finishBeforeAnswer: values['finish-before-answer'],
      listJobs: !values['no-list-jobs'],
      killJobs: !values['no-kill-jobs'],
    },
    ...(values.repository !== undefined && { repository: { port: readPort('--repository', values.repository) } }),
  };
}

function readBehaviour(values: Readonly<Record<string, unknown>>): Partial<Behaviour> {
  const changes: Partial<Behaviour> = {};
  for (const [option, name] of Object.entries(BEHAVIOUR_OPTIONS)) {
    const text = values[option];
    if (typeof text !== 'string') continue;
    try {
      Object.assign(changes, parseBehaviour({ [name]: text }));
    } catch (error) {
      throw new Error(`--${option}: ${error instanceof Error ? error.message.slice(name.length + 1) : String(error)}`, {
        cause: error,
      });
    }
  }
  return changes;
}

function readPort(option: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error(`${option}: ${text} is not a port number`);
  return Number(text);
}

function readAgents(clients: readonly string[], rooms: readonly string[]): readonly SimulatedMachine[] {
  if (clients.length === 0 && rooms.length === 0) return walkthroughRoom;
  const agents = clients.map(readClient);
  for (const room of rooms) agents.push(...createMadeUpRoom(room, new Set(agents.map(({ ip }) => ip))));
  const doubled = agents.find(({ ip }, index) => agents.findIndex((other) => other.ip === ip) < index);
  if (doubled !== undefined) throw new Error(`two clients have the address ${doubled.ip}`);
  return agents;
}

function readClient(text: string): SimulatedMachine {
  const [name = '', mac = '', ip = '', ...rest] = text.split(',').map((part) => part.trim());
  const isMac = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(mac);
  if (name === '' || !isMac || !isIPv4(ip) || rest.length > 0) {
    throw new Error(`--client: ${text} is not of the form pc1,08:00:27:0b:88:be,192.168.2.3`);
  }
  return { name, mac, ip, disks: [createWalkthroughDisk('')] };
}
