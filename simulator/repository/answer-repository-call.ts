import { parseJson } from '#simulator/read-body.ts';
import type { ReceivedCall } from '#simulator/simulated-agent.ts';
import { BadCallError } from './bad-call-error.ts';
import { REPOSITORY_ROUTES } from './repository-routes.ts';
import type { RepositoryParts } from './repository-routes.ts';

export const PREFIX = '/ogrepository/v1';

/** An HTTP status and the JSON object that goes with it. */
export interface RepositoryAnswer {
  status: number;
  body: object;
}

/** Finds the route of a call and follows it, unless the repository refuses. */
export function answerRepositoryCall(call: ReceivedCall, parts: RepositoryParts, refuses: boolean): RepositoryAnswer {
  if (refuses) return toFailure(500, 'The repository refuses');
  const { pathname, searchParams: query } = new URL(call.path, 'http://repository');
  const [, folder, id] = /^(.*\/images)\/(?!torrentsum$)([^/]+)$/.exec(pathname) ?? [];
  const path = folder === undefined ? pathname : `${folder}/*`;
  const route = path.startsWith(`${PREFIX}/`)
    ? REPOSITORY_ROUTES.get(`${call.method} ${path.slice(PREFIX.length)}`)
    : undefined;
  if (route === undefined) return toFailure(404, 'Not found');
  const body = call.rawBody === '' ? {} : parseJson(call.rawBody);
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    return toFailure(400, 'The body is not a JSON object');
  }
  try {
    const output = route(parts, { id: id ?? '', query, body: body as Record<string, unknown> });
    const isJob = output !== null && typeof output === 'object' && 'job_id' in output;
    return { status: 200, body: { success: true, ...(isJob ? output : { output }) } };
  } catch (error) {
    return toFailure(error instanceof BadCallError ? 400 : 500, error instanceof Error ? error.message : String(error));
  }
}

function toFailure(status: number, error: string): RepositoryAnswer {
  return { status, body: { success: false, error } };
}
