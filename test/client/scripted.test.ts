import { afterEach, describe, expect, it } from 'vitest';
import { createOgGraphClient } from '#client/create-og-graph-client.ts';
import type { OgGraphClient, OgGraphClientOptions } from '#client/create-og-graph-client.ts';
import { FollowTracesDocument, FindRoomsDocument } from '#client/operations.generated.ts';
import type { FollowTracesSubscription } from '#client/operations.generated.ts';
import type { Stream, StreamStatus } from '#client/resume-stream.ts';
import { startScriptedPeer } from '#test/support/start-scripted-peer.ts';
import type { Line, ScriptedPeer } from '#test/support/start-scripted-peer.ts';
import { waitFor } from '#test/support/wait-for.ts';

const INTERNAL = [{ message: 'Error inesperado.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }];
const QUICK = { minDelayMs: 10, maxDelayMs: 40 };

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0).toReversed()) stop();
});

async function play(
  script: (subscription: number, line: Line, after: string) => void,
  options: Partial<OgGraphClientOptions> = {},
): Promise<{ peer: ScriptedPeer; client: OgGraphClient }> {
  const peer = await startScriptedPeer(script);
  const client = createOgGraphClient({ url: peer.url, retry: QUICK, ...options });
  stops.push(peer.stop, client.close);
  return { peer, client };
}

async function cursors(stream: Stream<FollowTracesSubscription>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { traceUpdated } of stream) seen.push(traceUpdated.cursor);
  return seen;
}

describe('a stream and the end of its socket', () => {
  it.each([1001, 1011, 1012, 1013, 4408, 4429, 4500])('goes on after the last event when it is %d', async (code) => {
    const { peer, client } = await play((subscription, line) => {
      line.next(`c${subscription * 2 + 1}`);
      line.next(`c${subscription * 2 + 2}`);
      if (subscription < 3) line.close(code, 'come back');
      else line.complete();
    });
    const causes: string[] = [];
    const onStatus = (status: StreamStatus) => {
      if (status.state === 'reconnecting') causes.push(status.cause);
    };
    const stream = client.subscribe(FollowTracesDocument, {}, { after: 'c0', onStatus });
    expect(await cursors(stream)).toEqual(['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8']);
    expect(peer.afters).toEqual(['c0', 'c2', 'c4', 'c6']);
    expect(causes).toEqual(Array.from({ length: 3 }, () => `${code} come back`));
  });

  it('ends when it is 1000, with all that came before', async () => {
    const { peer, client } = await play((_subscription, line) => {
      line.next('c1');
      line.close(1000);
    });
    expect(await cursors(client.subscribe(FollowTracesDocument, {}, { after: 'c0' }))).toEqual(['c1']);
    expect(peer.afters).toEqual(['c0']);
  });

  it.each([1008, 4400, 4401, 4403])('ends with an error that tells it when it is %d', async (code) => {
    const { peer, client } = await play((_subscription, line) => {
      line.next('c1');
      line.close(code, 'no');
    });
    const stream = client.subscribe(FollowTracesDocument, {}, { after: 'c0' });
    expect(await stream.next()).toMatchObject({ value: { traceUpdated: { cursor: 'c1' } } });
    await expect(stream.next()).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
      name: 'ConnectionRefusedError',
      closeCode: code,
      reason: 'no',
    });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(peer.afters).toEqual(['c0']);
  });
});

describe('a stream', () => {
  it('yields nothing twice, whatever is repeated and however late, and does not go back to it', async () => {
    const { peer, client } = await play((subscription, line) => {
      if (subscription === 0) {
        for (const cursor of ['c1', 'c1', 'c2', 'c3', 'c2', 'c1']) line.next(cursor);
        line.close(1012);
      } else {
        for (const cursor of ['c3', 'c1', 'c4', 'c4']) line.next(cursor);
        line.complete();
      }
    });
    expect(await cursors(client.subscribe(FollowTracesDocument, {}, { after: 'c0' }))).toEqual([
      'c1',
      'c2',
      'c3',
      'c4',
    ]);
    expect(peer.afters).toEqual(['c0', 'c3']);
  });

  it('that is to run from now finds out when that is, so that a cut before the first event loses nothing', async () => {
    const { peer, client } = await play((subscription, line) => {
      if (subscription === 0) line.next('now', { __typename: 'StreamReset', reason: 'CURSOR_UNREADABLE' });
      else if (subscription === 1) line.close(1012);
      else {
        line.next('c1');
        line.complete();
      }
    });
    expect(await cursors(client.subscribe(FollowTracesDocument, {}))).toEqual(['c1']);
    expect(peer.afters).toEqual(['', 'now', 'now']);
  });

  it('yields a reset, and goes on after it; where nothing but resets come, ever more slowly', async () => {
    const { peer, client } = await play(
      (subscription, line) => {
        line.next(`reset${subscription}`, { __typename: 'StreamReset', reason: 'CURSOR_NOT_OURS' });
        line.complete();
      },
      { retry: { ...QUICK, attempts: 3 } },
    );
    const stream = client.subscribe(FollowTracesDocument, {}, { after: 'c0' });
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const { traceUpdated } of stream) {
        if (traceUpdated.__typename === 'StreamReset') seen.push(traceUpdated.reason);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(seen).toEqual(Array.from({ length: 5 }, () => 'CURSOR_NOT_OURS'));
    expect(peer.afters).toEqual(['c0', 'reset0', 'reset1', 'reset2', 'reset3']);
  });

  it('tries again where the server has an error of its own, and gives up on an event that cannot be had', async () => {
    const { peer, client } = await play((subscription, line) => {
      if (subscription === 0) line.refuse(INTERNAL);
      else if (subscription === 1) line.next('c1');
      else if (subscription === 2) line.answer({ data: null, errors: INTERNAL });
      if (subscription === 1) line.close(1012);
      if (subscription === 3) line.next('c2');
      if (subscription >= 3) line.answer({ data: { traceUpdated: null }, errors: INTERNAL });
    });
    const stream = client.subscribe(FollowTracesDocument, {}, { after: 'c0' });
    expect((await stream.next()).value?.traceUpdated.cursor).toBe('c1');
    expect((await stream.next()).value?.traceUpdated.cursor).toBe('c2');
    await expect(stream.next()).rejects.toMatchObject({ code: 'ANSWERED_WITH_ERRORS', errors: INTERNAL });
    expect(peer.afters).toEqual(['c0', 'c0', 'c1', 'c1', 'c2', 'c2', 'c2', 'c2']);
  });

  it('that nobody reads holds no more than some; the rest is asked for once all was taken', async () => {
    const { peer, client } = await play((_subscription, line, after) => {
      const start = Number(after.slice(1));
      for (let event = start + 1; event <= 5000; event += 1) line.next(`c${event}`);
      line.complete();
    });
    const stream = client.subscribe(FollowTracesDocument, {}, { after: 'c0' });
    await waitFor('the peer to be stopped', () => peer.stopped() === 1);
    expect(peer.afters).toEqual(['c0']);
    expect(await cursors(stream)).toEqual(Array.from({ length: 5000 }, (_, index) => `c${index + 1}`));
    expect(peer.afters.slice(0, 2)).toEqual(['c0', 'c2000']);
  });

  it('says which documents cannot be taken up again, to the compiler and to those without one', async () => {
    const { client } = await play((_subscription, line) => line.answer({ data: { traceUpdated: { status: 'OFF' } } }));
    // @ts-expect-error: it has neither $after nor a cursor in what it yields.
    const stream = client.subscribe(FindRoomsDocument, { name: 'x' }, { after: 'c0' }) as Stream<object>;
    await expect(stream.next()).rejects.toMatchObject({ code: 'DOCUMENT_NOT_RESUMABLE' });
  });

  it('asks for the headers anew with each connection, and takes their failure for a bad line', async () => {
    let asked = 0;
    const headers = async () => {
      asked += 1;
      if (asked === 2) throw new Error('the token could not be renewed');
      return { Authorization: `Bearer ${asked}` };
    };
    const script = (subscription: number, line: Line) => {
      line.next(`c${subscription}`);
      if (subscription === 0) line.close(1012);
      else line.complete();
    };
    const { peer, client } = await play(script, { headers });
    expect(await cursors(client.subscribe(FollowTracesDocument, {}, { after: 'c' }))).toEqual(['c0', 'c1']);
    expect(peer.greetings).toEqual([{ authorization: 'Bearer 1' }, { authorization: 'Bearer 3' }]);
  });
});
