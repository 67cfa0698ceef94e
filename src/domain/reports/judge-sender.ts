/**
 * Whom to believe. `address`: a report is only believed from the address of the client it is about. `signed`: the same, and a client that
 * was issued a secret is only believed where it signs. `any`: for agents behind gateways that hide where they are.
 */
export const SENDER_POLICIES = ['address', 'signed', 'any'] as const;

export type SenderPolicy = (typeof SENDER_POLICIES)[number];

export type SenderRefusal = 'NOT_ITS_ADDRESS' | 'MUST_SIGN' | 'WRONG_SECRET';

/** What is known of the client that an unsigned report is about, and of where the report came from. */
export interface SenderEvidence {
  policy: SenderPolicy;
  sender: string;
  /** Where the client's reports may come from; none where it has no address. */
  addresses: readonly string[];
  /** Whether it was issued a secret to sign with. */
  mustSign: boolean;
  /** The secret that the agent made up at its start, against the one that the report carries, if any. */
  secret: 'not-told' | 'its-own' | 'another';
}

/** @returns null where an unsigned report is believed. */
export function judgeSender({ policy, sender, addresses, mustSign, secret }: SenderEvidence): SenderRefusal | null {
  if (policy === 'signed' && mustSign) return 'MUST_SIGN';
  if (policy !== 'any' && addresses.length > 0 && !addresses.includes(sender)) return 'NOT_ITS_ADDRESS';
  return secret === 'another' ? 'WRONG_SECRET' : null;
}

export const REFUSAL_SENTENCES: Record<SenderRefusal, string> = {
  NOT_ITS_ADDRESS: 'it came from another address than the client’s',
  MUST_SIGN: 'the client has a secret, and has to sign',
  WRONG_SECRET: 'it carries another secret than the agent told at its start',
};
