import { Agent, request } from 'undici';

const TIMEOUT_MS = 5000;

/** The server's answer to a report. */
export interface ReportAnswer {
  status: number;
  text: string;
}

export interface Reporter {
  setServerUrl(url: string): void;
  /**
   * Posts one JSON object below the server's base URL: one attempt, 5 s for all of it, redirects not followed.
   *
   * @returns null when no answer came, be it for the network, the time or the signal.
   */
  post(path: string, body: object, signal: AbortSignal): Promise<ReportAnswer | null>;
  close(): Promise<void>;
}

/** The way from the agents to the server. */
export function createReporter(serverUrl: string): Reporter {
  let base = parseBaseUrl(serverUrl);
  // As real agents do: a new connection for every report, and the server's certificate is not looked at.
  const dispatcher = new Agent({ pipelining: 0, connect: { rejectUnauthorized: false } });

  return {
    setServerUrl(url) {
      base = parseBaseUrl(url);
    },
    async post(path, body, signal) {
      try {
        const response = await request(`${base}/${path}`, {
          dispatcher,
          method: 'POST',
          // Servers of the 1.1 line answered nobody who did not call himself this.
          headers: { 'user-agent': 'python-requests/2.32.3', 'content-type': 'application/json', accept: '*/*' },
          body: JSON.stringify(body),
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        });
        return { status: response.statusCode, text: await response.body.text() };
      } catch {
        return null;
      }
    },
    async close() {
      await dispatcher.destroy();
    },
  };
}

function parseBaseUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new Error(`${url} is not an http or https URL`);
  return url.replace(/\/+$/, '');
}
