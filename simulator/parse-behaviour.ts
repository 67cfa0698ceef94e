import { FAULTS, REBOOT_TARGETS, REPORT_ORDERS } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';

const whole = (least: number, most: number) => (text: string) => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new Error(`must be a whole number from ${least} to ${most}`);
  return value;
};

const oneOf =
  <T extends string>(values: readonly T[]) =>
  (text: string) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return found;
  };

const yesOrNo = (text: string) => oneOf(['true', 'false'])(text) === 'true';

const jobHex = (text: string) => {
  if (!/^[0-9a-f]{8}$/.test(text)) throw new Error('must be 8 hexadecimal digits, such as dfa42888');
  return text;
};

const A_DAY_MS = 24 * 60 * 60 * 1000;

const READERS: { [Name in keyof Behaviour]: (text: string) => Behaviour[Name] } = {
  durationMs: whole(0, A_DAY_MS),
  progressSteps: whole(0, 1000),
  answerDelayMs: whole(0, A_DAY_MS),
  fault: oneOf(FAULTS),
  engineCode: whole(1, 255),
  stallAtPercent: whole(0, 100),
  duplicateReports: whole(1, 100),
  reportOrder: oneOf(REPORT_ORDERS),
  finishBeforeAnswer: yesOrNo,
  fixedJobHex: (text) => (text === 'random' ? null : jobHex(text)),
  listJobs: yesOrNo,
  actDelayMs: whole(0, A_DAY_MS),
  rebootInto: oneOf(REBOOT_TARGETS),
  killJobs: yesOrNo,
  killDelayMs: whole(0, A_DAY_MS),
  joinTimeoutMs: whole(0, A_DAY_MS),
  restoredOperatingSystem: (text) => text,
  startAttempts: whole(1, 1000),
};

/**
 * Reads settings of behaviour from text, as the command line and the console give them.
 *
 * @throws {Error} naming the setting and what it must be.
 */
export function parseBehaviour(settings: Readonly<Record<string, string>>): Partial<Behaviour> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, text]) => {
      if (!Object.hasOwn(READERS, name)) {
        throw new Error(`${name} is not a behaviour; there are ${Object.keys(READERS).join(', ')}`);
      }
      try {
        return [name, READERS[name as keyof Behaviour](text)];
      } catch (error) {
        throw new Error(`${name} ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }),
  );
}
