// When a repository is told to send a stream: once, by one of several servers, for those who agreed, and never on a guess.
import { describe, expect, it } from 'vitest';
import { GATHER_MS, LONG_AGO, startStreams } from '#test/support/start-streams.ts';
import { waitFor } from '#test/support/wait-for.ts';

const AGREED = { status: 'RUNNING', dueAt: LONG_AGO } as const;
const LOST_START = { status: 'STARTING', startedAt: LONG_AGO, startAskedAt: LONG_AGO } as const;

describe('a session whose clients are being told', () => {
  it('waits for each from when its order was due, however long ago the session was opened', async () => {
    const { db, addSession, openServer, look, read, calls } = await startStreams();
    const id = await addSession({ createdAt: new Date(Date.now() - 10 * GATHER_MS) }, [
      AGREED,
      { status: 'SENDING', dueAt: new Date() },
    ]);
    const server = openServer();
    await look(server);
    expect(await read(id)).toMatchObject({ status: 'GATHERING', startedAt: null });
    await db.trace.updateMany({ where: { status: 'SENDING' }, data: { status: 'RUNNING' } });
    await look(server);
    expect(await read(id)).toMatchObject({ status: 'SENDING', startAskedAt: null });
    expect(calls()).toEqual(['POST /udpcast']);
  });

  it('does not wait for one that is too late, nor for one whose turn has not come', async () => {
    const { addSession, openServer, look, read, repository } = await startStreams();
    const id = await addSession({}, [
      AGREED,
      AGREED,
      { status: 'SENDING', dueAt: new Date(Date.now() - 2 * GATHER_MS) },
      { status: 'PENDING', waitsFor: 'EARLIER_JOB', dueAt: new Date() },
    ]);
    await look(openServer());
    expect((await read(id)).status).toBe('SENDING');
    expect(repository.received[0]?.body).toMatchObject({ nclients: 2 });
  });

  it('is started by one of several servers that look at once', async () => {
    const { addSession, openServer, look, calls } = await startStreams();
    await addSession({}, [AGREED]);
    const servers = [openServer(), openServer(), openServer()];
    await Promise.all([...servers, ...servers].map((server) => look(server)));
    expect(calls()).toEqual(['POST /udpcast']);
  });
});

describe('a start of which nobody knows what became', () => {
  it('is made up for by one of several servers that look at once', async () => {
    const { addSession, openServer, look, read, calls } = await startStreams();
    const id = await addSession(LOST_START, [AGREED, AGREED]);
    const servers = [openServer(), openServer(), openServer()];
    await Promise.all([...servers, ...servers].map((server) => look(server)));
    expect(calls()).toEqual(['GET /udpcast', 'POST /udpcast']);
    expect((await read(id)).status).toBe('SENDING');
  });

  it('is left alone while it may still be under way', async () => {
    const { addSession, openServer, look, read, calls } = await startStreams();
    const id = await addSession({ ...LOST_START, startAskedAt: new Date() }, [AGREED]);
    await look(openServer());
    expect(calls()).toEqual([]);
    expect((await read(id)).status).toBe('STARTING');
  });

  it('is not made again for nobody', async () => {
    const { addSession, openServer, look, calls } = await startStreams();
    await addSession(LOST_START, [{ status: 'CANCELLING' }, { status: 'SENDING', dueAt: LONG_AGO }]);
    await look(openServer());
    expect(calls()).not.toContain('POST /udpcast');
  });

  it('is neither made again nor given up while the repository does not say what it sends', async () => {
    const { db, addSession, openServer, look, read, calls, repository, cancelled } = await startStreams();
    const startedAt = new Date(Date.now() - 600_000);
    const id = await addSession({ ...LOST_START, startedAt }, [AGREED]);
    repository.behave({ fault: 'slow-lists', slowMs: 60_000 });
    const server = openServer();
    await look(server);
    expect(calls()).toEqual(['GET /udpcast']);
    expect(await read(id)).toMatchObject({ status: 'STARTING', errorMessage: null });
    expect(await db.trace.count({ where: { cancelAskedAt: { not: null } } })).toBe(0);
    // It speaks again, and sends: the stream was there all the time.
    repository.behave({ fault: 'none' });
    await fetch(`${repository.url}/udpcast`, {
      method: 'POST',
      body: JSON.stringify({
        ID_img: repository.images[0]?.id,
        port: 9000,
        method: 'full-duplex',
        ip: '239.194.2.2',
        bitrate: '70M',
        nclients: 1,
        maxtime: 60,
      }),
    });
    await db.multicastSession.update({ where: { id }, data: { startAskedAt: LONG_AGO } });
    await look(server);
    expect((await read(id)).status).toBe('SENDING');
    expect(cancelled).toEqual([]);
  });

  it('is known to have worked where somebody receives', async () => {
    const { addSession, openServer, look, read, calls } = await startStreams();
    const id = await addSession(LOST_START, [{ ...AGREED, progress: 3 }]);
    await look(openServer());
    expect(calls()).toEqual([]);
    expect((await read(id)).status).toBe('SENDING');
  });

  it('ends no stream that runs: what is refused the second time may run', async () => {
    const { addSession, openServer, look, read, gateway, calls, cancelled } = await startStreams();
    const id = await addSession(LOST_START, [AGREED]);
    // The first call arrives only now, right before the one that makes up for it.
    const repositories = {
      ...gateway,
      async startTransfer(...call: Parameters<typeof gateway.startTransfer>) {
        await gateway.startTransfer(...call);
        return gateway.startTransfer(...call);
      },
    };
    await look(openServer({ repositories }));
    expect(calls().filter((call) => call === 'POST /udpcast')).toHaveLength(2);
    expect(await read(id)).toMatchObject({ status: 'SENDING', errorMessage: null });
    expect(cancelled).toEqual([]);
  });

  it('is given up where the repository neither sends nor will', async () => {
    const { db, addSession, openServer, look, read, repository, cancelled } = await startStreams();
    const id = await addSession({ ...LOST_START, checksum: 'gone' }, [AGREED, { status: 'UNKNOWN', dueAt: LONG_AGO }]);
    await look(openServer());
    expect(await read(id)).toMatchObject({ status: 'FAILED', errorMessage: expect.stringContaining('not found') });
    expect(await db.trace.count({ where: { cancelAskedAt: { not: null } } })).toBe(2);
    expect(cancelled).toHaveLength(2);
    expect(repository.sessions.list('udpcast')).toEqual([]);
  });
});

describe('a repository that takes its time', () => {
  it('keeps nobody else waiting', async () => {
    const { addSession, openServer, read, repository, calls } = await startStreams();
    const slow = await addSession({}, [AGREED]);
    repository.behave({ fault: 'slow-starts', slowMs: 600_000 });
    const server = openServer();
    await server.look({ again: false });
    await waitFor('the repository to be told', () => calls().length > 0);
    repository.behave({ fault: 'none' });
    const quick = await addSession({ port: 9002 }, [AGREED]);
    await server.look({ again: false });
    await waitFor('the second stream to begin', async () => (await read(quick)).status === 'SENDING');
    expect((await read(slow)).status).toBe('STARTING');
  });
});
