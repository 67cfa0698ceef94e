/** A GraphQL answer as it came, errors and all. */
export interface Answer {
  status: number;
  headers: Headers;
  data: Record<string, unknown> | null | undefined;
  errors:
    | readonly { message: string; path?: readonly (string | number)[]; extensions?: Record<string, unknown> }[]
    | undefined;
  text: string;
}

/** Sends text as any program would, where a test is about what comes back and not about what is in it. */
export async function ask(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as Pick<Answer, 'data' | 'errors'>;
  return { status: response.status, headers: response.headers, data, errors, text };
}

/** The codes of an answer's errors; an error without one counts as «none». */
export function codesOf({ errors }: Pick<Answer, 'errors'>): string[] {
  return (errors ?? []).map(({ extensions }) =>
    typeof extensions?.['code'] === 'string' ? extensions['code'] : 'none',
  );
}
