import { createAddressPolicy } from '#agent/allowed-networks.ts';
import { resolveConnectTo } from '#agent/connect-to.ts';
import type { ConnectToRule } from '#agent/connect-to.ts';
import type { RepositoryGateway, RepositoryOutcome, RepositoryTarget } from '#domain/imaging/repository-gateway.ts';
import { CallAbortedError } from '#lib/describe-failure.ts';
import { callOnce } from './call-once.ts';
import type { Exchange } from './call-once.ts';
import * as protocol from './protocol.ts';
import type { RepositoryAnswer, RepositoryRequest } from './protocol.ts';

interface RepositoryLog {
  debug(context: object, message: string): void;
  warn(context: object, message: string): void;
}

export interface RepositoryGatewayOptions {
  /** The port that repositories listen on; 8006 unless told otherwise. */
  port?: number;
  /** What comes before every path; `/ogrepository/v1` unless told otherwise. */
  basePath?: string;
  /** `http` unless told otherwise; with `https` the certificate has to be good for the repository's address. */
  scheme?: 'http' | 'https';
  /** Where connections really go, for repositories behind a tunnel and for simulated ones. */
  connectTo: readonly ConnectToRule[];
  /** The networks repositories may live in, in CIDR notation. None means that no repository may be called. */
  networks: readonly string[];
  /** Time for the connection; 5 seconds unless told otherwise. */
  connectTimeoutMs?: number;
  /** Time for a whole call; 20 seconds unless told otherwise. */
  answerTimeoutMs?: number;
  /** Time for the calls that read or move whole image files before they answer; 10 minutes unless told otherwise. */
  fileTimeoutMs?: number;
  /** The longest answer taken; 8 MiB unless told otherwise: a list of some ten thousand images. */
  maxAnswerBytes?: number;
  log?: RepositoryLog;
}

type Parse<T> = (answer: RepositoryAnswer) => Exclude<RepositoryOutcome<T>, { outcome: 'not-sent' }>;

/**
 * Builds the gateway that speaks ogRepository's own protocol over HTTP.
 *
 * @throws {Error} when a network cannot be read.
 */
export function createRepositoryGateway(options: RepositoryGatewayOptions): RepositoryGateway {
  const { port = 8006, basePath = '/ogrepository/v1', scheme = 'http', connectTo, log } = options;
  const { connectTimeoutMs = 5000, answerTimeoutMs = 20_000, fileTimeoutMs = 600_000 } = options;
  const { maxAnswerBytes = 8 * 1024 * 1024 } = options;
  const isAddressAllowed = createAddressPolicy(options.networks);
  const callsInHand = new Map<AbortController, Promise<unknown>>();
  let isClosed = false;

  /** Every call has its own connection, deadline and state; the only thing shared is the list of what close() must end. */
  async function exchange(target: RepositoryTarget, request: RepositoryRequest, timeoutMs: number): Promise<Exchange> {
    if (!isAddressAllowed(target.ip)) {
      return { outcome: 'not-sent', reason: 'the settings do not allow calling a repository at this address' };
    }
    if (isClosed) return { outcome: 'not-sent', reason: 'the server is shutting down' };
    const controller = new AbortController();
    const deadline = setTimeout(() => {
      controller.abort(new CallAbortedError(`no complete answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const answer = callOnce({
      origin: `${scheme}://${target.ip}:${port}`,
      endpoint: resolveConnectTo(connectTo, target.ip, port),
      request: { ...request, path: `${basePath}${request.path}` },
      isAddressAllowed,
      connectTimeoutMs,
      maxAnswerBytes,
      signal: controller.signal,
      // callOnce does not reject. Should it ever, nothing is known of the call.
    }).catch((): Exchange => ({ outcome: 'unanswered', reason: 'internal error' }));
    callsInHand.set(controller, answer);
    const result = await answer;
    clearTimeout(deadline);
    callsInHand.delete(controller);
    return result;
  }

  async function call<T>(
    target: RepositoryTarget,
    request: RepositoryRequest,
    parse: Parse<T>,
    timeoutMs = answerTimeoutMs,
  ): Promise<RepositoryOutcome<T>> {
    const outcome = toOutcome(await exchange(target, request, timeoutMs), parse);
    const context = { repositoryId: target.repositoryId, repository: target.ip, path: request.path };
    if (outcome.outcome === 'done') log?.debug(context, 'repository answered');
    else log?.warn({ ...context, outcome: outcome.outcome, reason: outcome.message }, 'repository did not do it');
    return outcome;
  }

  return {
    longestCallMs: answerTimeoutMs,
    readStatus: (target) => call(target, protocol.toStatusRequest(), protocol.parseStatus),
    listImages: (target) => call(target, protocol.toListRequest(), protocol.parseImages),
    refresh: (target) => call(target, protocol.toRefreshRequest(), protocol.parseDone, fileTimeoutMs),
    checkIntegrity: (target, checksum) =>
      call(target, protocol.toIntegrityRequest(checksum), protocol.parseIntegrity, fileTimeoutMs),
    deleteImage: (target, checksum, how) =>
      call(target, protocol.toDeleteRequest(checksum, how), protocol.parseDone, fileTimeoutMs),
    recoverImage: (target, checksum) =>
      call(target, protocol.toRecoverRequest(checksum), protocol.parseDone, fileTimeoutMs),
    deleteFromTrash: (target, checksum) =>
      call(target, protocol.toDeleteFromTrashRequest(checksum), protocol.parseDone, fileTimeoutMs),
    importImage: (target, image) => call(target, protocol.toImportRequest(image), protocol.parseJob),
    exportImage: (target, image) => call(target, protocol.toExportRequest(image), protocol.parseJob),
    createAuxiliaryFiles: (target, imageName) =>
      call(target, protocol.toAuxiliaryFilesRequest(imageName), protocol.parseJob),
    wake: (target, machine) => call(target, protocol.toWakeRequest(machine), protocol.parseDone),
    startTransfer: (target, order) => call(target, protocol.toTransferRequest(order), protocol.parseTransferStart),
    listTransfers: (target, method) =>
      call(target, protocol.toTransferListRequest(method), (answer) => protocol.parseTransfers(answer, method)),
    cancelTransfer: (target, method, checksum) =>
      call(target, protocol.toCancelRequest(method, checksum), protocol.parseDone),
    // Ends calls rather than wait for them: one cut off after it was written comes out `unknown`, as after a crash.
    async close() {
      isClosed = true;
      for (const controller of callsInHand.keys()) {
        controller.abort(new CallAbortedError('the server was shutting down'));
      }
      await Promise.all(callsInHand.values());
    },
  };
}

function toOutcome<T>(exchange: Exchange, parse: Parse<T>): RepositoryOutcome<T> {
  switch (exchange.outcome) {
    case 'answered':
      return parse(exchange.answer);
    case 'unanswered':
      return { outcome: 'unknown', message: `The repository did not answer: ${exchange.reason}.` };
    case 'not-sent':
      return { outcome: 'not-sent', message: `The repository could not be reached: ${exchange.reason}.` };
  }
}
