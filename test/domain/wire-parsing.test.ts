import { describe, expect, it } from 'vitest';
import { UnreadableReportError, parseAgentBody, readClientHints, textOf } from '#webhook/agent-body.ts';
import { parseDiskLayout } from '#webhook/parse-disk-layout.ts';
import { parseJobReport } from '#webhook/parse-job-report.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

describe('a job’s report', () => {
  const read = (body: Record<string, unknown>) =>
    parseJobReport({ job_id: 'RestaurarImagen-dfa42888', ...body }, '192.168.2.3');

  it.each([
    [40, 40],
    ['40', 40],
    ['40.9', 40],
    [-5, 0],
    [140, 100],
  ])('of progress %j is %i percent', (progress, percent) => {
    expect(read({ progress }).news).toEqual({ kind: 'progress', percent });
  });

  it.each([
    ['1', undefined, { kind: 'succeeded' }],
    [1, '', { kind: 'succeeded' }],
    ['2', '30-Image is larger', { kind: 'failed', engineCode: 30, message: 'Image is larger' }],
    [2, '5 - created\nbadly', { kind: 'failed', engineCode: 5, message: 'created\nbadly' }],
    ['2', 'no number', { kind: 'failed', engineCode: null, message: 'no number' }],
    ['2', undefined, { kind: 'failed', engineCode: null, message: '' }],
  ])('with res %j and der %j', (res, der, news) => {
    expect(read({ res, der }).news).toEqual(news);
  });

  it.each([
    ['RESPUESTA_RestaurarImagen', 'DEPLOY_IMAGE'],
    ['RestaurarImagen', 'DEPLOY_IMAGE'],
    [undefined, 'DEPLOY_IMAGE'],
    ['RESPUESTA_CrearImagen', 'CREATE_IMAGE'],
    ['RESPUESTA_Baila', null],
    ['constructor', null],
    ['__proto__', null],
  ])('named %s is about %s', (nfn, action) => {
    expect(read({ nfn, progress: 1 }).action).toBe(action);
  });

  it.each([
    ['no job', { job_id: undefined, res: '1' }],
    ['an empty job', { job_id: ' ', res: '1' }],
    ['a job that is no text', { job_id: { $ne: null }, res: '1' }],
    ['neither progress nor result', {}],
    ['progress that is no number', { progress: 'mucho' }],
    ['endless progress', { progress: 'Infinity' }],
    ['a result of another kind', { res: '3' }],
    ['a result that is a list', { res: ['1'] }],
  ])('with %s is refused', (_name, body) => {
    expect(() => read(body)).toThrow(UnreadableReportError);
  });

  it('does not keep the machine’s secret', () => {
    expect(read({ progress: 1, secret: 'hush' }).body).toEqual({ job_id: 'RestaurarImagen-dfa42888', progress: 1 });
  });
});

describe('an agent’s body', () => {
  it('is read as UTF-8, and as Latin-1 where it is not UTF-8', () => {
    const text = '{"npc":"Año de la montaña"}';
    expect(parseAgentBody(bytes(text))).toEqual({ npc: 'Año de la montaña' });
    expect(parseAgentBody(Buffer.from(text, 'latin1'))).toEqual({ npc: 'Año de la montaña' });
    expect(parseAgentBody(bytes(`\uFEFF${text}`))).toEqual({ npc: 'Año de la montaña' });
  });

  it.each(['', 'null', '[]', '[{}]', '42', '"text"', 'true', '{', '{"a":1}}', "{'a':1}", '{"a":NaN}', 'a=1'])(
    'that is %j is refused',
    (text) => {
      expect(() => parseAgentBody(bytes(text))).toThrow(UnreadableReportError);
    },
  );

  it.each([
    ['objects', '{"a":'.repeat(40_000) + '1' + '}'.repeat(40_000)],
    ['lists', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['17 levels', `${'{"a":'.repeat(16)}{}${'}'.repeat(16)}`],
  ])('nested too deeply is refused: %s', (_name, text) => {
    expect(() => parseAgentBody(bytes(text))).toThrow(UnreadableReportError);
  });

  it('of 16 levels is not nested too deeply', () => {
    expect(parseAgentBody(bytes(`${'{"a":'.repeat(15)}{}${'}'.repeat(15)}`))).toHaveProperty('a.a.a');
  });

  it('may hold a list of 100,000 things, which is no disk layout', () => {
    const body = parseAgentBody(
      bytes(JSON.stringify({ cfg: Array.from({ length: 100_000 }, (_, par) => ({ disk: 1, par })) })),
    );
    expect(parseDiskLayout(body['cfg'])).toBeNull();
  });

  it('cannot reach anybody’s prototype', () => {
    const body = parseAgentBody(
      bytes('{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"job_id":"x","res":"1"}'),
    );
    expect(textOf(body, 'polluted')).toBeNull();
    expect(Object.getPrototypeOf(parseJobReport(body, '').body)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(textOf({}, 'constructor')).toBeNull();
    expect(textOf(Object.create({ job_id: 'inherited' }) as Record<string, unknown>, 'job_id')).toBeNull();
  });

  it('gives text that can be stored: a scalar, trimmed, without NUL, of bounded length', () => {
    expect(textOf({ a: ' x\0y ' }, 'a')).toBe('xy');
    expect(textOf({ a: 7 }, 'a')).toBe('7');
    expect(textOf({ a: 'z'.repeat(5000) }, 'a')).toHaveLength(1000);
    for (const a of ['', '  ', '\0', null, true, {}, ['x']]) expect(textOf({ a }, 'a')).toBeNull();
  });

  it('names its machine in every way there is, and drops what is no name', () => {
    const hints = readClientHints(
      {
        ido: '01936CBA-F6D0-7A3C-8F21-5B9D3C7E1A04',
        mac: '08-00-27-0b-88-be;nonsense',
        iph: '192.168.2.3;10.0.0.1',
        ip: '999.1.1.1',
      },
      '127.0.0.1',
    );
    expect(hints).toEqual({
      clientId: '01936cba-f6d0-7a3c-8f21-5b9d3c7e1a04',
      macs: ['08:00:27:0B:88:BE'],
      ips: ['192.168.2.3', '10.0.0.1'],
      sender: '127.0.0.1',
    });
    expect(readClientHints({ ido: '1; DROP TABLE clients', mac: { $ne: '' } }, '::1')).toEqual({
      clientId: null,
      macs: [],
      ips: [],
      sender: '::1',
    });
  });
});
