import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface SentEvent {
  type: string;
  data: string;
  id: string;
}

export interface EventSourceLike {
  /** What was dispatched so far, over all connections. */
  events: readonly SentEvent[];
  lastEventId: () => string;
  retryMs: () => number;
  connections: () => number;
  /** Cuts the connection, as a network does. */
  cut: () => void;
  close: () => void;
}

/** Reads server-sent events as a browser's EventSource does: nothing but a URL, `Last-Event-ID` when it comes back, and no end of coming back. */
export function openEventSource(url: string, { comesBack = true, maxDelayMs = 20 } = {}): EventSourceLike {
  const events: SentEvent[] = [];
  let lastEventId = '';
  let retryMs = 3000;
  let connections = 0;
  let isClosed = false;
  let response: IncomingMessage | undefined;

  function connect(): void {
    const headers = { accept: 'text/event-stream', ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }) };
    const sent = request(url, { headers, agent: false }, (answer) => {
      response = answer;
      connections += 1;
      answer.setEncoding('utf8');
      let text = '';
      let event: SentEvent = { type: 'message', data: '', id: lastEventId };
      answer.on('data', (chunk: string) => {
        const lines = (text + chunk).split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) {
          const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
          if (field === 'id') event.id = value;
          if (field === 'event') event.type = value;
          if (field === 'data') event.data += value;
          if (field === 'retry') retryMs = Number(value);
          if (line !== '') continue;
          lastEventId = event.id;
          if (event.data !== '') events.push(event);
          event = { type: 'message', data: '', id: lastEventId };
        }
      });
      answer.on('error', () => {});
      answer.on('close', again);
    });
    sent.on('error', () => {
      if (response === undefined || response.destroyed) again();
    });
    sent.end();
  }

  function again(): void {
    response = undefined;
    if (isClosed || !comesBack) return;
    void delay(Math.min(retryMs, maxDelayMs)).then(() => {
      if (!isClosed) connect();
    });
  }

  connect();
  return {
    events,
    lastEventId: () => lastEventId,
    retryMs: () => retryMs,
    connections: () => connections,
    cut: () => response?.destroy(),
    close() {
      isClosed = true;
      response?.destroy();
    },
  };
}

/** The URL by which a browser follows a subscription. */
export function subscriptionUrl(url: string, query: string, variables: Record<string, unknown> = {}): string {
  return `${url}?${new URLSearchParams({ query, variables: JSON.stringify(variables) }).toString()}`;
}
