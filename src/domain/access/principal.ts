/** Who is asking. */
export interface Principal {
  name: string;
}

/** Until access control is built, everybody is the administrator. */
export const administrator: Principal = { name: 'administrator' };
