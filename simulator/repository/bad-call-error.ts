/** A call that cannot be done, for a reason of the caller's: answered 400. */
export class BadCallError extends Error {}
