import { isIPv4 } from 'node:net';
import type { ClientHints } from '#domain/inventory/find-reporting-client.ts';
import { parseMac } from '#domain/inventory/mac.ts';
import { isUuid } from '#lib/uuid.ts';

/** An agent's JSON object. Agents write numbers as strings or as numbers, and add keys we do not know. */
export type AgentBody = Record<string, unknown>;

/** Thrown for a body that cannot be what it should be; answered 400 with this message. */
export class UnreadableReportError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableReportError';
  }
}

const MAX_DEPTH = 16;

/**
 * Reads an agent's body: UTF-8, or Latin-1 where it is not UTF-8, and a JSON object within it, whatever its content type.
 *
 * @throws {UnreadableReportError}
 */
export function parseAgentBody(bytes: Uint8Array): AgentBody {
  let value: unknown;
  try {
    value = JSON.parse(decodeBody(bytes));
  } catch {
    throw new UnreadableReportError('the body is not JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UnreadableReportError('the body is not a JSON object');
  }
  if (isDeeperThan(value, MAX_DEPTH)) throw new UnreadableReportError('the body is nested too deeply');
  return toStorable(value) as AgentBody;
}

/** A scalar as text without surrounding space; null where it is absent, empty, or no scalar. */
export function textOf(body: AgentBody, key: string, maxLength = 1000): string | null {
  const value = Object.hasOwn(body, key) ? body[key] : undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = toStorableText(String(value)).trim().slice(0, maxLength);
  return text === '' ? null : text;
}

/** How the agent names its machine: `ido` or `mac`, and one or more addresses in `iph` or `ip`, separated by semicolons. */
export function readClientHints(body: AgentBody, sender: string): ClientHints {
  const list = (...keys: string[]) =>
    keys.flatMap((key) => (textOf(body, key) ?? '').split(/[;,]/)).map((part) => part.trim());
  const id = textOf(body, 'ido');
  return {
    clientId: id !== null && isUuid(id) ? id.toLowerCase() : null,
    macs: list('mac')
      .map(parseMac)
      .filter((mac) => mac !== null),
    ips: list('iph', 'ip').filter(isIPv4),
    sender,
  };
}

/** A body as text: UTF-8, or Latin-1 where it is not UTF-8. */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

/** The same value without what no database column takes: NUL, and halves of characters. */
function toStorable(value: unknown): unknown {
  if (typeof value === 'string') return toStorableText(value);
  if (Array.isArray(value)) return value.map(toStorable);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [toStorableText(key), toStorable(inner)]));
}

function toStorableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function isDeeperThan(value: unknown, limit: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return limit === 0 || Object.values(value).some((inner) => isDeeperThan(inner, limit - 1));
}
