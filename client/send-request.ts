import { AnsweredWithErrorsError, UnreachableError } from './errors.ts';
import type { GraphqlErrorAnswer } from './errors.ts';

export interface HttpRequest {
  fetch: typeof globalThis.fetch;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: { query: string; variables: object };
  signal: AbortSignal;
}

interface Answer {
  data?: unknown;
  errors?: readonly GraphqlErrorAnswer[];
}

/**
 * Asks one thing, once.
 *
 * @throws {AnsweredWithErrorsError | UnreachableError} and the signal's reason.
 */
export async function sendRequest({ fetch, url, headers, body, signal }: HttpRequest): Promise<unknown> {
  const { status, text } = await post().catch((error: unknown) => {
    signal.throwIfAborted();
    throw new UnreachableError(`${url} does not answer.`, { cause: error });
  });
  const { data, errors } = parseAnswer(text);
  if (errors !== undefined) throw new AnsweredWithErrorsError(errors);
  if (data === undefined || data === null) throw new UnreachableError(`${url} answers ${status}, and not in GraphQL.`);
  return data;

  async function post(): Promise<{ status: number; text: string }> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: JSON.stringify(body),
      signal,
    });
    return { status: response.status, text: await response.text() };
  }
}

/** What is no JSON is no answer either: the page of a proxy, for one. */
function parseAnswer(text: string): Answer {
  try {
    return (JSON.parse(text) as Answer | null) ?? {};
  } catch {
    return {};
  }
}
