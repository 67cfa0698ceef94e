/** Who is asking. */
export interface Principal {
  name: string;
  /** When what it has shown ends: streams end with it unless it is renewed. Never, when left out. */
  expiresAt?: Date;
  /** Another one after each change of its rights. Where there is one, streams ask again and again whether it still holds. */
  version?: number | string;
}

/** Somebody who is not let in, and why: for the log, not for him. */
export interface Refusal {
  refused: string;
}

/**
 * Who somebody is by what he shows: the `Authorization` header, or what stands for it on a socket; null where he shows nothing. It is asked
 * for each request, and every few seconds for each stream: its answer has to come from memory mostly.
 */
export type ResolvePrincipal = (authorization: string | null, address: string) => Promise<Principal | Refusal>;

/** Until access control is built, everybody is the administrator. */
export const administrator: Principal = { name: 'administrator' };

export function isRefusal(outcome: Principal | Refusal): outcome is Refusal {
  return 'refused' in outcome;
}

/** All of a principal but for how long: equal for those to whom the same is shown. */
export function rightsOf(principal: Principal): Omit<Principal, 'expiresAt'> {
  const rights = { ...principal };
  delete rights.expiresAt;
  return rights;
}
