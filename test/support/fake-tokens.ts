import type { Principal, ResolvePrincipal } from '#domain/access/principal.ts';

/** Tokens by hand. The life of one begins when it is first shown, so that a slow machine does not shorten it. */
export interface FakeTokens {
  resolve: ResolvePrincipal;
  /** @returns a token for so long; for ever without an end. */
  issue: (principal: Omit<Principal, 'expiresAt'>, lifeMs?: number) => string;
  /** Has it be worth nothing, or something else. */
  change: (token: string, principal: Principal | null) => void;
  /** What was shown, in order. */
  shown: string[];
}

export function createFakeTokens(): FakeTokens {
  const tokens = new Map<string, { principal: Principal; lifeMs: number | undefined }>();
  const shown: string[] = [];
  return {
    shown,
    async resolve(authorization) {
      const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
      shown.push(token);
      const known = tokens.get(token);
      if (known === undefined) return { refused: 'unknown' };
      if (known.lifeMs !== undefined) known.principal.expiresAt ??= new Date(Date.now() + known.lifeMs);
      const isOver = (known.principal.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) <= Date.now();
      return isOver ? { refused: 'expired' } : { ...known.principal };
    },
    issue(principal, lifeMs) {
      const token = `token-${tokens.size + 1}`;
      tokens.set(token, { principal: { ...principal }, lifeMs });
      return token;
    },
    change(token, principal) {
      if (principal === null) tokens.delete(token);
      else tokens.set(token, { principal, lifeMs: undefined });
    },
  };
}
