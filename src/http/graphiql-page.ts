import { createHash } from 'node:crypto';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { GraphiQLOptions, Plugin } from 'graphql-yoga';

/** GraphiQL’s page, served whole from here: computer rooms are often cut off from the internet. */
export interface GraphiqlPage {
  render: (options?: GraphiQLOptions) => string;
  /** Says with the page what it may do: run the scripts that are in it, and ask this very server. */
  plugin: Plugin;
}

export function createGraphiqlPage(): GraphiqlPage {
  let page = '';
  let policy = '';
  return {
    render(options) {
      const next = renderGraphiQL(options);
      if (next !== page) policy = policyFor(next);
      page = next;
      return page;
    },
    plugin: {
      onResponse({ response }) {
        const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
        if (isPage) response.headers.set('content-security-policy', policy);
      },
    },
  };
}

function policyFor(page: string): string {
  const scripts = [...page.matchAll(/<script\b[^>]*>([^]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    // The editor writes its styles while it runs.
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
