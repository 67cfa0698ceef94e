import { withSession } from '#domain/inventory/client-status.ts';
import type {
  AgentGateway,
  AgentJobs,
  AgentOrderOutcome,
  AgentTarget,
  Unreachable,
} from '#domain/operations/agent-gateway.ts';
import { createAddressPolicy } from './allowed-networks.ts';
import { resolveConnectTo } from './connect-to.ts';
import type { ConnectToRule } from './connect-to.ts';
import { DEFAULT_DIALECTS, dialectOf, readStatusWord } from './dialect.ts';
import type { AgentDialects } from './dialect.ts';
import { AgentCallAbortedError } from './errors.ts';
import {
  INSTALLED_STATUS,
  isForInstalled,
  parseInstalledAnswer,
  parseInstalledStatus,
  toInstalledRequest,
} from './installed-protocol.ts';
import { createPeerTrust } from './peer-trust.ts';
import type { AgentTls, OwnCertificate } from './peer-trust.ts';
import { postOnce } from './post-once.ts';
import type { Exchange } from './post-once.ts';
import {
  parseJobsAnswer,
  parseKillAnswer,
  parseOrderAnswer,
  toKillRequest,
  toOrderRequest,
  toStatusRequest,
} from './protocol.ts';
import type { AgentRequest } from './protocol.ts';

interface AgentLog {
  debug(context: object, message: string): void;
  warn(context: object, message: string): void;
}

export interface AgentGatewayOptions {
  /** The port that agents listen on; 8000 unless told otherwise. */
  port?: number;
  tls: AgentTls;
  /** What agents are shown that ask for a certificate; none unless told otherwise. */
  ownCertificate?: OwnCertificate | null;
  /** Where connections really go, for agents behind a tunnel and for simulated ones. */
  connectTo: readonly ConnectToRule[];
  /** The networks agents may live in, in CIDR notation. None means that no agent may be called. */
  networks: readonly string[];
  /** Time for the connection and its TLS handshake; 5 seconds unless told otherwise. */
  connectTimeoutMs?: number;
  /** Time for a whole call, from the first packet to the last byte of the answer; 20 seconds unless told otherwise. */
  answerTimeoutMs?: number;
  /** The longest answer taken; 64 KiB unless told otherwise. */
  maxAnswerBytes?: number;
  /** How agents of each version spell things; all as the defaults unless told otherwise. */
  dialects?: AgentDialects;
  log?: AgentLog;
}

/**
 * Builds the gateway that speaks ogAgent's own protocol over HTTPS.
 *
 * @throws {Error} when a network or the certificate authority cannot be read.
 */
export function createAgentGateway(options: AgentGatewayOptions): AgentGateway {
  const { port = 8000, connectTimeoutMs = 5000, answerTimeoutMs = 20_000, maxAnswerBytes = 64 * 1024, log } = options;
  const isAddressAllowed = createAddressPolicy(options.networks);
  const trust = createPeerTrust(options.tls, options.ownCertificate);
  const dialectFor = ({ agentVersion = null }: AgentTarget) =>
    dialectOf(options.dialects ?? DEFAULT_DIALECTS, agentVersion);
  const callsInHand = new Map<AbortController, Promise<unknown>>();
  let isClosed = false;

  /** Every call has its own connection, deadline and state; the only thing shared is the list of what close() must end. */
  async function call(target: AgentTarget, request: AgentRequest): Promise<Exchange> {
    // Asked again here, although it was asked when the operation was accepted: settings may have changed since.
    if (!isAddressAllowed(target.ip)) {
      return {
        outcome: 'not-sent',
        code: 'AGENT_ADDRESS_NOT_ALLOWED',
        message: 'The settings do not allow calling an agent at this address.',
        timedOut: false,
      };
    }
    if (isClosed) {
      return {
        outcome: 'not-sent',
        code: 'AGENT_UNREACHABLE',
        message: 'The server is shutting down.',
        timedOut: true,
      };
    }
    const controller = new AbortController();
    const deadline = setTimeout(() => {
      controller.abort(new AgentCallAbortedError(`no complete answer within ${answerTimeoutMs} ms`));
    }, answerTimeoutMs);
    const exchange = postOnce({
      peer: target,
      port,
      endpoint: resolveConnectTo(options.connectTo, target.ip, port),
      trust,
      isAddressAllowed,
      connectTimeoutMs,
      signal: controller.signal,
      request,
      maxAnswerBytes,
      // postOnce does not reject. Should it ever, nothing is known of the order.
    }).catch((): Exchange => ({ outcome: 'unanswered', reason: 'internal error' }));
    callsInHand.set(controller, exchange);
    const result = await exchange;
    clearTimeout(deadline);
    callsInHand.delete(controller);
    report(log, target, request, result);
    return result;
  }

  return {
    pinsCertificates: options.tls.mode === 'pinned',
    async send(target, order) {
      if (isForInstalled(order)) {
        const { secret = null } = target;
        // Whoever planned it saw one; a key that was changed since opens none.
        if (secret === null) return NO_SECRET;
        return toOrderOutcome(await call(target, toInstalledRequest(order, secret)), parseInstalledAnswer);
      }
      return toOrderOutcome(await call(target, toOrderRequest(order, dialectFor(target))), parseOrderAnswer);
    },
    async kill(target, jobId) {
      const exchange = await call(target, toKillRequest(jobId, dialectFor(target)));
      switch (exchange.outcome) {
        case 'answered':
          return parseKillAnswer(exchange.answer);
        case 'not-sent':
          return { outcome: 'not-sent', message: exchange.message };
        case 'unanswered':
          return { outcome: 'unknown', message: `The agent did not answer: ${exchange.reason}.` };
      }
    },
    async listJobs(target) {
      return toJobs(await call(target, toStatusRequest(dialectFor(target))));
    },
    async readInstalledStatus(target) {
      const exchange = await call(target, INSTALLED_STATUS);
      if (exchange.outcome !== 'answered') return toUnreachable(exchange);
      const read = parseInstalledStatus(exchange.answer);
      const status = read === null ? null : readStatusWord(options.dialects ?? DEFAULT_DIALECTS, read.word);
      if (read === null || status === null) return { outcome: 'unsupported' };
      return { outcome: 'status', status: read.loggedIn ? withSession(status, null) : status };
    },
    isAddressAllowed,
    // Ends calls rather than wait for them: an order cut off after it was written comes out `unknown`, as after a crash.
    async close() {
      isClosed = true;
      for (const controller of callsInHand.keys()) {
        controller.abort(new AgentCallAbortedError('the server was shutting down'));
      }
      await Promise.all(callsInHand.values());
    },
  };
}

const NO_SECRET = {
  outcome: 'not-sent',
  code: 'AGENT_SECRET_UNKNOWN',
  message: 'The agent’s secret is not known: it tells it when it starts.',
} as const;

function toOrderOutcome(
  exchange: Exchange,
  parse: typeof parseInstalledAnswer | typeof parseOrderAnswer,
): AgentOrderOutcome {
  switch (exchange.outcome) {
    case 'answered': {
      const outcome = parse(exchange.answer);
      return outcome.outcome === 'accepted' ? { ...outcome, certificateSha256: exchange.certificateSha256 } : outcome;
    }
    case 'unanswered':
      return { outcome: 'unknown', message: `The order was sent, but its answer did not arrive: ${exchange.reason}.` };
    case 'not-sent':
      return { outcome: 'not-sent', code: exchange.code, message: exchange.message };
  }
}

function toJobs(exchange: Exchange): AgentJobs {
  return exchange.outcome === 'answered' ? parseJobsAnswer(exchange.answer) : toUnreachable(exchange);
}

function toUnreachable(exchange: Exclude<Exchange, { outcome: 'answered' }>): Unreachable {
  switch (exchange.outcome) {
    case 'unanswered':
      // A connection that is cut is no machine that thinks it over: only one that keeps us waiting is certainly there.
      return {
        outcome: 'unreachable',
        refused: !exchange.reason.startsWith('no complete answer'),
        timedOut: exchange.reason.startsWith('no complete answer'),
        message: `The agent did not answer: ${exchange.reason}.`,
      };
    case 'not-sent':
      return {
        outcome: 'unreachable',
        refused: exchange.code === 'AGENT_UNREACHABLE',
        timedOut: exchange.timedOut,
        message: exchange.message,
      };
  }
}

function report(log: AgentLog | undefined, target: AgentTarget, request: AgentRequest, exchange: Exchange): void {
  const context = { clientId: target.clientId, agent: target.ip, path: request.path };
  if (exchange.outcome === 'answered') log?.debug({ ...context, status: exchange.answer.status }, 'agent answered');
  else if (exchange.outcome === 'unanswered') {
    log?.warn({ ...context, reason: exchange.reason }, 'agent did not answer');
  } else if (exchange.code === 'AGENT_UNREACHABLE') {
    log?.debug({ ...context, reason: exchange.message }, 'agent not reached');
  } else log?.warn({ ...context, code: exchange.code }, 'agent not called');
}
