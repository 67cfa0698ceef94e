import { describe, expect, it } from 'vitest';
import {
  DEFAULT_DIALECTS,
  dialectOf,
  isKillAnswer,
  parseDialects,
  readAction,
  readStatusWord,
} from '#agent/dialect.ts';
import { toKillRequest, toOrderRequest, toStatusRequest } from '#agent/protocol.ts';
import type { AgentOrder } from '#domain/operations/agent-gateway.ts';
import { parseJobReport } from '#webhook/parse-job-report.ts';

const DIALECTS = parseDialects(
  JSON.stringify({
    '*': { statusPath: '/ogAdmClient/status' },
    '1.3': { module: 'ogAdmClient', kill: 'MatarTarea', functions: { RUN_SCRIPT: 'Ejecutar' } },
    '1.3.2': { module: 'Motor', statuses: { Vivo: 'OGLIVE' } },
  }),
);
const SCRIPT: AgentOrder = {
  action: 'RUN_SCRIPT',
  script: 'true',
  parameters: [],
  commandId: null,
  commandName: null,
};

describe('a dialect', () => {
  it.each([
    [null, 'CloningEngine'],
    ['1.4.5~pre7-1', 'CloningEngine'],
    ['1.3', 'ogAdmClient'],
    ['1.3~pre1', 'ogAdmClient'],
    ['1.30', 'CloningEngine'],
    ['1.3.2-1', 'Motor'],
  ])('of an agent of version %s has the module %s', (version, module) => {
    expect(dialectOf(DIALECTS, version)).toMatchObject({ module, statusPath: '/ogAdmClient/status' });
  });

  it('is what an agent is told in', () => {
    const dialect = dialectOf(DIALECTS, '1.3.0');
    expect(toOrderRequest(SCRIPT, dialect)).toEqual({
      path: '/ogAdmClient/Ejecutar',
      body: '{"scp":"true","nfn":"Ejecutar","ids":"0"}',
    });
    expect(toKillRequest('x', dialect).path).toBe('/ogAdmClient/MatarTarea');
    expect(toStatusRequest(dialect).path).toBe('/ogAdmClient/status');
  });

  it('is understood whoever speaks it', () => {
    expect(readAction(DIALECTS, 'RESPUESTA_Ejecutar')).toBe('RUN_SCRIPT');
    expect(readAction(DIALECTS, 'EjecutarScript-0badcafe')).toBe('RUN_SCRIPT');
    expect(readAction(DEFAULT_DIALECTS, 'Ejecutar')).toBeNull();
    expect(readStatusWord(DIALECTS, 'VIVO')).toBe('OGLIVE');
    expect(readStatusWord(DIALECTS, 'constructor')).toBeNull();
    expect(isKillAnswer(DIALECTS, 'RESPUESTA_MatarTarea')).toBe(true);
    const killed = { nfn: 'MatarTarea', job_id: 'Ejecutar-0badcafe', res: 1 };
    expect(parseJobReport(killed, '', DIALECTS).news).toEqual({ kind: 'killed' });
  });

  it.each([
    ['no JSON', '{'],
    ['a word that there is not', '{"*": {"modul": "x"}}'],
    ['a path in a module', '{"*": {"module": "../x"}}'],
    ['a state that there is not', '{"*": {"statuses": {"x": "ASLEEP"}}}'],
    ['an action that there is not', '{"*": {"functions": {"DANCE": "Baila"}}}'],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseDialects(text)).toThrow(Error);
  });

  it('is the usual one where nothing is said', () => {
    expect(parseDialects(' ')).toBe(DEFAULT_DIALECTS);
  });
});
