import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a browser may do with whatever comes from here: nothing but show it. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

const PREFLIGHT_SECONDS = '600';
const ALLOWED_HEADERS = 'content-type, authorization, accept-language, last-event-id, x-request-id, traceparent';

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}

/** Programs send no origin; a browser's must be the very host it asks, or one of those that were listed. */
export function isKnownOrigin({ headers }: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { origin } = headers;
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}

/** Whether a page of a site that is not listed has its visitor's browser ask. Whoever follows a link from there gets GraphiQL all the same. */
export function isFromElsewhere({ headers }: IncomingMessage, corsOrigins: readonly string[]): boolean {
  if (headers['sec-fetch-site'] !== 'cross-site' || headers['sec-fetch-mode'] === 'navigate') return false;
  return headers.origin === undefined || !corsOrigins.includes(headers.origin);
}

/**
 * Lets pages of the listed origins read answers, and of no others; never with the browser's own credentials, so that nobody is believed for
 * having a cookie.
 *
 * @returns whether that was all there was to answer.
 */
export function answerCors(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  corsOrigins: readonly string[],
): boolean {
  if (corsOrigins.length === 0) return false;
  response.setHeader('vary', 'Origin');
  const { origin } = headers;
  if (origin === undefined || !corsOrigins.includes(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'retry-after, x-request-id');
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': PREFLIGHT_SECONDS,
    })
    .end();
  return true;
}
