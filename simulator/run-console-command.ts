import type { Simulator } from './create-simulator.ts';
import { parseBehaviour } from './parse-behaviour.ts';
import type { SimulatedAgent } from './simulated-agent.ts';

const HELP = `boot IP|all               starts ogLive
wake IP|all               Wake-on-LAN: starts ogLive where the PC is off
restart IP|all            boots from disk where a system is installed, else ogLive
login IP USER             logs a user in
logout IP                 logs the user out
off IP|all                switches off in good order
crash IP|all              pulls the plug
behave IP|all NAME=VALUE… changes the behaviour, such as fault=silent durationMs=500
list                      shows the PCs
help                      shows this
quit                      ends the simulator`;

/** What the console prints for a command. Commands that make agents speak resolve when they have been answered. */
export async function runConsoleCommand(simulator: Simulator, line: string): Promise<string> {
  const [command = '', target = '', ...rest] = line.trim().split(/\s+/);
  const forEach = async (act: (agent: SimulatedAgent) => void | Promise<void>) => {
    const agents = target === 'all' ? [...simulator.agents.values()] : [simulator.agent(target)];
    await Promise.all(agents.map(async (agent) => act(agent)));
    return '';
  };
  switch (command) {
    case '':
      return '';
    case 'help':
      return HELP;
    case 'list':
      return [...simulator.agents.values()].map(describe).join('\n');
    case 'boot':
      return forEach((agent) => agent.bootOgLive());
    case 'wake':
      return forEach((agent) => agent.wake());
    case 'restart':
      return forEach((agent) => agent.restart());
    case 'off':
      return forEach((agent) => agent.powerOff());
    case 'crash':
      return forEach((agent) => {
        agent.crash();
      });
    case 'login':
      if (rest[0] === undefined) throw new Error('login needs an address and a user');
      await simulator.agent(target).login(rest[0]);
      return '';
    case 'logout':
      return forEach((agent) => agent.logout());
    case 'behave': {
      const changes = parseBehaviour(Object.fromEntries(rest.map(toSetting)));
      return forEach((agent) => {
        agent.behave(changes);
      });
    }
    default:
      throw new Error(`there is no command ${command}; «help» lists them`);
  }
}

function toSetting(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`${text} is not of the form name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function describe({ ip, mac, name, state, jobId, behaviour, lostReports }: SimulatedAgent): string {
  const extras = [
    jobId,
    behaviour.fault === 'none' ? null : `fault ${behaviour.fault}`,
    lostReports === 0 ? null : `${lostReports} reports lost`,
  ];
  return [ip.padEnd(15), mac, name.padEnd(10), state.padEnd(15), ...extras.filter((extra) => extra !== null)]
    .join('  ')
    .trimEnd();
}
