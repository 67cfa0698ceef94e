import type { Plugin } from 'graphql-yoga';

/** Parts of a query in the address that are JSON. */
const JSON_PARTS = ['variables', 'extensions'] as const;

/** Refuses a query in the address whose JSON is none, as the caller's mistake: Yoga takes it for a failure of ours. */
export function refuseBrokenQueryStrings(): Plugin {
  return {
    onRequestParse({ request, url, endResponse, fetchAPI }) {
      if (request.method !== 'GET') return;
      for (const name of JSON_PARTS) {
        const given = url.searchParams.get(name);
        if (given === null || given === '' || isJson(given)) continue;
        const error = { message: `"${name}" in the address is not JSON.`, extensions: { code: 'BAD_REQUEST' } };
        endResponse(fetchAPI.Response.json({ errors: [error] }, { status: 400 }));
        return;
      }
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
