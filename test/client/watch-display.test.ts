import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { TraceStateFragment } from '#client/operations.generated.ts';
import { waitFor } from '#test/support/wait-for.ts';
import { applyUpdate, createBoard, replaceTraces } from '#tools/watch-room/board.ts';
import type { Update } from '#tools/watch-room/board.ts';
import { createDisplay } from '#tools/watch-room/display.ts';
import { formatBoard, formatEnded, formatEvent } from '#tools/watch-room/format-board.ts';

const trace = (id: string, changes: Partial<TraceStateFragment> = {}): TraceStateFragment => ({
  id,
  action: 'DEPLOY_IMAGE',
  status: 'RUNNING',
  statusLabel: 'En ejecución',
  progress: 50,
  createdAt: '2026-11-23T10:00:00Z',
  finishedAt: null,
  client: { id: `client ${id}`, name: `pc${id}` },
  error: null,
  ...changes,
});
const ENDED = { status: 'SUCCEEDED', statusLabel: 'Finalizado con éxito', finishedAt: '2026-11-23T10:05:00Z' } as const;

function update(
  kind: NonNullable<Update['event']>['kind'],
  of: TraceStateFragment,
  message: string | null = null,
): Update {
  const event = { at: '2026-11-23T10:01:00Z', kind, status: of.status, progress: of.progress, message };
  return { __typename: 'TraceChange', cursor: kind, event, trace: of };
}

describe('the board', () => {
  it('counts and tells each end once, whatever is replayed of it', () => {
    const board = createBoard('Aula');
    replaceTraces(board, [trace('1')]);
    const tell = (...args: Parameters<typeof update>) => applyUpdate(board, update(...args))?.id ?? null;
    expect(tell('PROGRESS', trace('1', { progress: 60 }))).toBeNull();
    expect(board.atWork.get('1')?.progress).toBe(60);
    // All of one that has begun and ended meanwhile, and the end of one that was at work.
    expect(['CREATED', 'PROGRESS', 'FINISHED'].map((kind) => tell(kind as 'CREATED', trace('2', ENDED)))).toEqual([
      '2',
      null,
      null,
    ]);
    expect([tell('FINISHED', trace('1', ENDED)), tell('LATE_REPORT', trace('1', ENDED))]).toEqual(['1', null]);
    expect(tell('LATE_REPORT', trace('of yesterday', ENDED))).toBeNull();
    expect({ ended: board.ended, atWork: board.atWork.size }).toEqual({ ended: 2, atWork: 0 });
    // One that was lost has turned up.
    expect(tell('RESOLVED', trace('2', ENDED))).toBe('2');
    expect(board.ended).toBe(2);
  });
});

describe('what is drawn of it', () => {
  const board = createBoard('Centro / Aula');
  replaceTraces(
    board,
    Array.from({ length: 40 }, (_, index) => trace(String(40 - index))),
  );

  it.each([
    [80, 24],
    [20, 5],
    [1, 1],
  ])('fits into %d columns and %d rows', (columns, rows) => {
    const lines = formatBoard(board, 'es', { columns, rows });
    expect(lines.length).toBeLessThanOrEqual(Math.max(2, rows - 1));
    expect(lines.filter(({ length }) => length > Math.max(1, columns - 1))).toEqual([]);
  });

  it('is in the order of the names, and says how much is left out', () => {
    const lines = formatBoard(board, 'es', { columns: 100, rows: 6 });
    expect(lines).toEqual([
      'pc1          ███████████████░░░░░░░░░░░░░░░  50 %  Desplegar imagen: En ejecución',
      'pc2          ███████████████░░░░░░░░░░░░░░░  50 %  Desplegar imagen: En ejecución',
      'pc3          ███████████████░░░░░░░░░░░░░░░  50 %  Desplegar imagen: En ejecución',
      '… 37 más',
      'Centro / Aula: 40 en marcha, 0 terminadas · conectando…',
    ]);
  });

  it('lets no machine give orders to the terminal', () => {
    const evil = '\u001B[2J\u009B2J\r\nroot';
    const error = { code: 'AGENT_FORGOT_JOB', message: evil } as const;
    const texts = [
      formatEvent(update('PROGRESS', trace('1'), evil), 'es'),
      formatEnded(trace('1', { ...ENDED, status: 'FAILED', error }), 'es'),
    ];
    expect(texts.join('')).toContain('root');
    expect(texts.join('')).not.toMatch(/\p{Cc}/u);
  });

  it('replaces itself on a terminal, under the lines that stay', async () => {
    const out = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
    const shown = createBoard('Aula');
    const display = createDisplay(out as unknown as NodeJS.WriteStream, shown, 'en');
    let text = '';
    out.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    display.connection('live');
    for (const of of [trace('1'), trace('2'), trace('1', ENDED)]) {
      const change = update('PROGRESS', of);
      display.event(change, applyUpdate(shown, change));
    }
    await waitFor('the first drawing', () => text.includes('1 at work, 1 ended · live'));
    display.connection('reconnecting');
    display.end();
    await waitFor('the last drawing', () => text.endsWith('reconnecting…\n'));
    // A line that stays and two that are drawn, which are gone back over once.
    expect(text.match(/✓ pc1/g)).toHaveLength(1);
    expect(text.split('\u001B[1A')).toHaveLength(2);
  });
});
