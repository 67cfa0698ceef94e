import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, createSecureContext } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { AgentNotSentError } from './errors.ts';

/**
 * How much an agent's certificate has to prove.
 *
 * `insecure`: nothing. `pinned`: that it is the one seen before, trusted when there was none. `ca`: that the site's own
 * authority issued it for the address being called.
 */
export type AgentTls = { mode: 'insecure' } | { mode: 'pinned' } | { mode: 'ca'; caPem: string };

/** With what this server shows agents who it is, for those that ask. */
export interface OwnCertificate {
  certificatePem: string;
  keyPem: string;
}

export interface ExpectedPeer {
  /** The address asked for, whatever address the connection was led to. */
  ip: string;
  certificateSha256: string | null;
}

export interface PeerTrust {
  /** TLS options for one connection to this peer. */
  toTlsOptions(
    peer: ExpectedPeer,
  ): Pick<ConnectionOptions, 'secureContext' | 'rejectUnauthorized' | 'checkServerIdentity'>;
  /**
   * Judges a connection before anything is written to it.
   *
   * @returns the SHA-256 of the certificate seen, in 64 lower-case hex digits; null where none was shown.
   * @throws {AgentNotSentError} when the peer is not who it must be.
   */
  check(socket: TLSSocket, peer: ExpectedPeer): string | null;
}

/**
 * @throws {Error} when the authority's text holds no certificate: an empty one would mean «every public authority»; and when the own
 * certificate and its key do not belong together.
 */
export function createPeerTrust(tls: AgentTls, own: OwnCertificate | null = null): PeerTrust {
  if (tls.mode === 'ca') assertCertificate(tls.caPem);
  const parts = {
    ...(tls.mode === 'ca' ? { ca: tls.caPem } : {}),
    ...(own === null ? {} : { cert: own.certificatePem, key: own.keyPem }),
  };
  const secureContext = Object.keys(parts).length === 0 ? undefined : createSecureContext(parts);
  return {
    toTlsOptions: ({ ip }) => ({
      ...(secureContext === undefined ? {} : { secureContext }),
      // Node must not refuse for us. For self-signed certificates it would have to be told to refuse nothing, and then it
      // does not even call checkServerIdentity; for the rest, its refusal is one of thirty codes, not to be told from a
      // handshake that failed. So every mode hands the connected socket to check(), which reads Node's verdict itself.
      rejectUnauthorized: false,
      checkServerIdentity: (_connectedTo, certificate) => checkServerIdentity(ip, certificate),
    }),
    check: (socket, peer) => {
      const seen = readFingerprint(socket);
      if (tls.mode === 'pinned') assertPin(seen, peer.certificateSha256);
      // Node sets `authorized` only when both the chain and the identity were found good.
      if (tls.mode === 'ca' && !socket.authorized) {
        throw new AgentNotSentError('AGENT_TLS_REJECTED', toRejection(socket));
      }
      return seen;
    },
  };
}

function assertPin(seen: string | null, expected: string | null): void {
  if (seen === null) throw new AgentNotSentError('AGENT_TLS_REJECTED', 'The agent showed no certificate to pin.');
  if (expected !== null && seen !== expected) {
    throw new AgentNotSentError(
      'AGENT_CERTIFICATE_CHANGED',
      'The agent showed another certificate than the one known to be its own.',
    );
  }
}

function readFingerprint(socket: TLSSocket): string | null {
  return socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase() ?? null;
}

function toRejection(socket: TLSSocket): string {
  // The types call it an Error; at run time it is the code, as a string.
  const reason: unknown = socket.authorizationError;
  const code = typeof reason === 'string' && /^[A-Z][A-Z0-9_]{0,59}$/.test(reason) ? ` (${reason})` : '';
  return `The agent's certificate was not issued by the site's authority for this address${code}.`;
}

function assertCertificate(pem: string): void {
  try {
    new X509Certificate(pem);
  } catch {
    throw new Error('The certificate authority for agents must be one or more certificates in PEM form.');
  }
}
