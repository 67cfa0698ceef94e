import { EventEmitter, once } from 'node:events';
import type { MulticastMethod, Transmission, WantedSession } from '#simulator/actions/engine-work.ts';
import { BadCallError } from './bad-call-error.ts';

/** A transfer that the repository was told to send. */
export interface SessionOrder {
  method: MulticastMethod;
  imageId: string;
  imageName: string;
  /** Null for P2P, which needs none. */
  port: number | null;
  /** Starts when so many have joined; null lets everybody begin as he comes. */
  clients: number | null;
  /** When it starts with those who have joined, or ends where there are none. */
  maxWaitMs: number;
  /** What else the call said, told again in the list. */
  details: object;
}

export interface Session extends SessionOrder {
  readonly id: string;
  readonly state: 'waiting' | 'sending';
  readonly joined: number;
}

export interface Sessions {
  list(method: MulticastMethod): Session[];
  /** @throws {BadCallError} when its port is taken. */
  open(order: SessionOrder): Session;
  /** Cancels those of an image, or all. @returns how many there were. */
  cancel(method: MulticastMethod, imageId: string | null): number;
  /** Waits for a session that fits, joins it, and resolves when it sends. */
  join(wanted: WantedSession): Promise<Transmission | null>;
}

interface OpenSession {
  id: string;
  order: SessionOrder;
  members: Set<symbol>;
  started: AbortController;
  cut: AbortController;
  timer: NodeJS.Timeout;
  isOver: boolean;
}

/** The sessions of a repository: they end when all who joined have left, or nobody came in time. */
export function createSessions(): Sessions {
  const open = new Set<OpenSession>();
  const news = new EventEmitter().setMaxListeners(0);
  let opened = 0;

  function end(session: OpenSession): void {
    clearTimeout(session.timer);
    open.delete(session);
  }

  function onTimeUp(session: OpenSession): void {
    session.isOver = true;
    if (session.members.size === 0) end(session);
    else session.started.abort();
  }

  function findOpen({ method, port, imageName }: WantedSession): OpenSession | undefined {
    return [...open].find(({ order, started, isOver }) => {
      const fits = order.method === method && (port === null ? order.imageName === imageName : order.port === port);
      return fits && !isOver && (order.clients === null || !started.signal.aborted);
    });
  }

  async function awaitOpen(wanted: WantedSession): Promise<OpenSession | null> {
    const patience = AbortSignal.any([wanted.signal, AbortSignal.timeout(wanted.timeoutMs)]);
    for (;;) {
      const session = findOpen(wanted);
      if (session !== undefined) return session;
      const isPatient = await once(news, 'opened', { signal: patience }).then(
        () => true,
        () => false,
      );
      wanted.signal.throwIfAborted();
      if (!isPatient) return null;
    }
  }

  return {
    list: (method) => [...open].filter(({ order }) => order.method === method).map(toSession),
    open(order) {
      const isTaken = [...open].some((other) => order.port !== null && other.order.port === order.port);
      if (isTaken) throw new BadCallError(`Port ${order.port} is in use by another transfer`);
      opened += 1;
      const session: OpenSession = {
        id: String(6000 + opened),
        order,
        members: new Set(),
        started: new AbortController(),
        cut: new AbortController(),
        timer: setTimeout(() => {
          onTimeUp(session);
        }, order.maxWaitMs),
        isOver: false,
      };
      open.add(session);
      news.emit('opened');
      return toSession(session);
    },
    cancel(method, imageId) {
      const cancelled = [...open].filter(
        ({ order }) => order.method === method && (imageId === null || order.imageId === imageId),
      );
      for (const session of cancelled) {
        end(session);
        session.cut.abort();
      }
      return cancelled.length;
    },
    async join(wanted) {
      const session = await awaitOpen(wanted);
      if (session === null) return null;
      const { order, members, started, cut } = session;
      const member = Symbol(order.imageName);
      members.add(member);
      const leave = () => {
        members.delete(member);
        const isDone = order.clients === null ? session.isOver : started.signal.aborted;
        if (isDone && members.size === 0) end(session);
      };
      if (order.clients === null || members.size >= order.clients) started.abort();
      const either = AbortSignal.any([wanted.signal, started.signal, cut.signal]);
      if (!either.aborted) await once(either, 'abort');
      if (wanted.signal.aborted || cut.signal.aborted) leave();
      wanted.signal.throwIfAborted();
      return cut.signal.aborted ? null : { cut: cut.signal, leave };
    },
  };
}

function toSession({ id, order, members, started }: OpenSession): Session {
  return { ...order, id, joined: members.size, state: started.signal.aborted ? 'sending' : 'waiting' };
}
