import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { isOurselves } from './allowed-networks.ts';
import type { AddressPolicy } from './allowed-networks.ts';
import type { Endpoint } from './connect-to.ts';
import { AgentNotSentError, describeFailure, isTimeout } from './errors.ts';
import type { ExpectedPeer, PeerTrust } from './peer-trust.ts';

export interface AgentConnectorOptions {
  peer: ExpectedPeer;
  /** Where to connect: the peer's own address, or where a connect-to rule leads. */
  endpoint: Endpoint;
  trust: PeerTrust;
  isAddressAllowed: AddressPolicy;
  connectTimeoutMs: number;
  /** Ends the connection at whatever stage it is; undici by itself cannot reach a socket that is still connecting. */
  signal: AbortSignal;
  /** Told the certificate's fingerprint when the connection is found good. */
  onConnected: (certificateSha256: string | null) => void;
}

/**
 * Builds the connector of one call. It connects once, and lets go of the socket only after the peer was found to be the
 * right one: no byte of the request can leave before that. All its failures are {@link AgentNotSentError}s.
 */
export function createAgentConnector(options: AgentConnectorOptions): buildConnector.connector {
  const { peer, endpoint, trust, connectTimeoutMs, signal } = options;
  const connect = buildConnector({
    ...trust.toTlsOptions(peer),
    allowH2: false,
    // On a resumed TLS session the peer shows no certificate, so there would be nothing to compare with the pin. This
    // connector connects once and has no session to resume; the line keeps that true for whoever makes it connect twice.
    maxCachedSessions: 0,
    timeout: connectTimeoutMs,
    signal,
  });
  let hasConnected = false;
  return (asked, done) => {
    // undici connects again by itself, and sends the request again, after some ways of losing a socket. Orders go out once.
    if (hasConnected) {
      done(closed(), null);
      return;
    }
    hasConnected = true;
    connect({ ...asked, hostname: endpoint.host, port: String(endpoint.port) }, (error, socket) => {
      if (error !== null) {
        done(unreachable(signal.aborted ? signal.reason : error), null);
        return;
      }
      try {
        options.onConnected(judge(socket, options));
      } catch (refusal) {
        socket.destroy();
        done(refusal instanceof AgentNotSentError ? refusal : unreachable(refusal), null);
        return;
      }
      done(null, socket);
    });
  };
}

function judge(
  socket: unknown,
  { peer, endpoint, trust, isAddressAllowed, signal }: AgentConnectorOptions,
): string | null {
  if (!(socket instanceof TLSSocket)) throw closed();
  if (signal.aborted) throw unreachable(signal.reason);
  const isMapped = endpoint.host !== peer.ip;
  if (!isMapped && (!isAddressAllowed(socket.remoteAddress ?? '') || isOurselves(socket))) {
    throw new AgentNotSentError(
      'AGENT_ADDRESS_NOT_ALLOWED',
      'The connection led to an address where agents may not be called.',
    );
  }
  return trust.check(socket, peer);
}

function unreachable(failure: unknown): AgentNotSentError {
  const message = `The agent could not be reached: ${describeFailure(failure)}.`;
  return new AgentNotSentError('AGENT_UNREACHABLE', message, { timedOut: isTimeout(failure) });
}

function closed(): AgentNotSentError {
  return new AgentNotSentError('AGENT_UNREACHABLE', 'The agent could not be reached: connection closed.');
}
