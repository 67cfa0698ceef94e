// What is left to do when a session ends: jobs to be cancelled, and a stream that would hold its port for nobody.
import { describe, expect, it } from 'vitest';
import { mayJoinSession } from '#domain/operations/join-session.ts';
import { LONG_AGO, startStreams } from '#test/support/start-streams.ts';
import { waitFor } from '#test/support/wait-for.ts';

const AGREED = { status: 'RUNNING', dueAt: LONG_AGO } as const;
const AGAIN = { again: true };

describe('a session that fails', () => {
  it('has the jobs of its clients on record as to be ended, which a server that dies then cannot undo', async () => {
    const { db, addSession, openServer, look, read, repository, cancelled } = await startStreams();
    repository.behave({ fault: 'refuse' });
    const id = await addSession({}, [AGREED, { status: 'UNKNOWN', dueAt: LONG_AGO }]);
    const dying = openServer({
      async beginCancel() {
        throw new Error('the server died');
      },
    });
    await look(dying);
    expect((await read(id)).status).toBe('FAILED');
    expect(await db.trace.count({ where: { sessionId: id, cancelAskedAt: { not: null } } })).toBe(2);
    await look(openServer(), AGAIN);
    expect(cancelled).toHaveLength(2);
  });
});

describe('a stream for nobody', () => {
  it('that the repository began to send when the session was over is stopped', async () => {
    const { db, addSession, openServer, look, read, repository, calls } = await startStreams({ answerMs: 20_000 });
    const id = await addSession({}, [AGREED]);
    repository.behave({ fault: 'slow-starts', slowMs: 3000 });
    const [one, other] = [openServer(), openServer()];
    await one.look({ again: false });
    await waitFor('the repository to be told', () => calls().length > 0);
    await db.trace.updateMany({ data: { status: 'CANCELLED' } });
    await look(other);
    // Told at once, but there was nothing to stop yet.
    expect(await read(id)).toMatchObject({ status: 'CANCELLED', stopUntil: expect.any(Date) });
    await one.settle();
    expect(repository.sessions.list('udpcast')).toEqual([]);
    expect(calls().filter((call) => call.startsWith('DELETE'))).toHaveLength(2);
    expect((await read(id)).stopUntil).toBeNull();
  });

  it('is stopped by the next server where the one that told the repository died', async () => {
    const { db, addSession, openServer, look, read, gateway, repository } = await startStreams({ answerMs: 20_000 });
    const id = await addSession({}, [AGREED]);
    repository.behave({ fault: 'slow-starts', slowMs: 3000 });
    const dying = openServer({
      repositories: {
        ...gateway,
        async startTransfer(...call) {
          await gateway.startTransfer(...call);
          throw new Error('the server died');
        },
      },
    });
    const started = look(dying);
    await waitFor('the start to be claimed', async () => (await read(id)).status === 'STARTING');
    await db.trace.updateMany({ data: { status: 'CANCELLED' } });
    const next = openServer();
    await look(next);
    await started;
    expect(repository.sessions.list('udpcast')).toHaveLength(1);
    await db.multicastSession.updateMany({ data: { startAskedAt: LONG_AGO, stopAskedAt: LONG_AGO } });
    await look(next, AGAIN);
    expect(repository.sessions.list('udpcast')).toEqual([]);
    expect(await read(id)).toMatchObject({ status: 'CANCELLED', stopUntil: null });
  });

  it('is stopped later where the repository does not answer', async () => {
    const { db, addSession, openServer, look, read, repository } = await startStreams();
    const id = await addSession({}, [AGREED]);
    const server = openServer();
    await look(server);
    expect(repository.sessions.list('udpcast')).toHaveLength(1);
    repository.behave({ fault: 'refuse' });
    await db.trace.updateMany({ data: { status: 'CANCELLED' } });
    await look(server);
    expect((await read(id)).stopUntil).not.toBeNull();
    repository.behave({ fault: 'none' });
    await db.multicastSession.updateMany({ data: { stopAskedAt: LONG_AGO } });
    await look(server, AGAIN);
    expect(repository.sessions.list('udpcast')).toEqual([]);
    expect((await read(id)).stopUntil).toBeNull();
  });
});

describe('one of two streams by P2P', () => {
  it('ends without the other one, which the repository could only end with it', async () => {
    const { db, addSession, openServer, look, read, repository, calls, logged } = await startStreams();
    const one = await addSession({ method: 'P2P' }, [AGREED]);
    const other = await addSession({ method: 'P2P', imageName: 'two', checksum: repository.images[1]?.id ?? '' }, [
      AGREED,
    ]);
    const server = openServer();
    await look(server);
    expect(repository.sessions.list('p2p')).toHaveLength(2);
    await db.trace.updateMany({ where: { sessionId: one }, data: { status: 'CANCELLED' } });
    await look(server);
    await look(server, AGAIN);
    expect((await read(one)).status).toBe('CANCELLED');
    expect(repository.sessions.list('p2p')).toHaveLength(2);
    expect(logged.filter((line) => line.includes('left to send'))).toHaveLength(1);
    // When nobody needs them any more, all are ended.
    await db.trace.updateMany({ where: { sessionId: other }, data: { status: 'SUCCEEDED' } });
    await look(server);
    await look(server, AGAIN);
    expect((await read(other)).status).toBe('FINISHED');
    expect(repository.sessions.list('p2p')).toEqual([]);
    expect(calls().filter((call) => call === 'DELETE /p2p')).toHaveLength(1);
  });

  it('does not begin while the repository is told to end another', async () => {
    const { db, addSession, openServer, look, read } = await startStreams();
    await addSession(
      { method: 'P2P', status: 'CANCELLED', stopUntil: new Date(Date.now() + 60_000), stopAskedAt: new Date() },
      [],
    );
    const id = await addSession({ method: 'P2P', checksum: 'two' }, [AGREED]);
    const server = openServer();
    await look(server);
    expect((await read(id)).status).toBe('GATHERING');
    await db.multicastSession.updateMany({ data: { stopAskedAt: LONG_AGO } });
    await look(server);
    expect((await read(id)).status).not.toBe('GATHERING');
  });
});

describe('a client whose turn comes', () => {
  it.each([
    ['UDPCAST', 'GATHERING', true],
    ['UDPCAST', 'STARTING', false],
    ['UDPCAST', 'SENDING', false],
    ['UDPCAST', 'FAILED', false],
    ['P2P', 'SENDING', true],
    ['P2P', 'FINISHED', false],
  ] as const)('of a session by %s that is %s may join it: %s', async (method, status, expected) => {
    const { db, addSession } = await startStreams();
    const id = await addSession({ method, status }, []);
    expect(await db.$transaction((tx) => mayJoinSession(tx, id))).toBe(expected);
  });
});
