import type { IncomingMessage } from 'node:http';
import type { Principal, Refusal, ResolvePrincipal } from '#domain/access/principal.ts';
import type { SenderOf } from './sender-of.ts';

/** Who sends a request; by what its socket has said, where there is one. */
export type Authenticate = (request: IncomingMessage, authorization?: string | null) => Promise<Principal | Refusal>;

export function createAuthenticate(resolvePrincipal: ResolvePrincipal, senderOf: SenderOf): Authenticate {
  return (request, authorization = request.headers.authorization ?? null) =>
    resolvePrincipal(authorization, senderOf(request));
}
