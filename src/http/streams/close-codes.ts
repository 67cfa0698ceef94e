/** Closed for not reading what waits for it. Clients take it, unlike 4429, as a reason to come back. */
export const TOO_SLOW = 4290;
export const RESTARTING = 1012;
/** What it has shown has ended, or was taken away. */
export const FORBIDDEN = 4403;
