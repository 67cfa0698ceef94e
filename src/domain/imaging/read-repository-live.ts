import type { Clock } from '#lib/clock.ts';
import type {
  RepositoryGateway,
  RepositoryOutcome,
  RepositoryReport,
  RepositoryTarget,
  Transfer,
} from './repository-gateway.ts';

export interface LiveStatus {
  checkedAt: Date;
  outcome: RepositoryOutcome<RepositoryReport>;
}

/** What repositories say of themselves at this moment. */
export interface ReadRepositoryLive {
  status(target: RepositoryTarget): Promise<LiveStatus>;
  /** Null where the repository cannot say. */
  transfers(target: RepositoryTarget): Promise<readonly Transfer[] | null>;
}

/** How long an answer is good for: whoever asks within that time gets the one that came, or is on its way. */
const FRESH_MS = 5000;

/** Most repositories whose last answer is remembered. */
const MAX_REMEMBERED = 1000;

export function createReadRepositoryLive({
  repositories,
  clock,
}: {
  repositories: Pick<RepositoryGateway, 'readStatus' | 'listTransfers'>;
  clock: Clock;
}): ReadRepositoryLive {
  const status = remember(clock, async (target): Promise<LiveStatus> => {
    const outcome = await repositories.readStatus(target);
    return { checkedAt: clock.now(), outcome };
  });
  const transfers = remember(clock, async (target) => {
    const lists = await Promise.all(
      (['UDPCAST', 'UFTP'] as const).map((method) => repositories.listTransfers(target, method)),
    );
    // One of the two kinds may be missing on a repository; only one that says nothing at all cannot say.
    const known = lists.filter((list) => list.outcome === 'done');
    return known.length === 0 ? null : known.flatMap(({ value }) => value);
  });
  return { status, transfers };
}

/** Asks each repository at most once in a while, however many want to know. */
function remember<T>(
  clock: Clock,
  ask: (target: RepositoryTarget) => Promise<T>,
): (target: RepositoryTarget) => Promise<T> {
  const answers = new Map<string, { at: number; answer: Promise<T> }>();
  return (target) => {
    const key = `${target.repositoryId} ${target.ip}`;
    const now = clock.now().getTime();
    const last = answers.get(key);
    if (last !== undefined && now - last.at < FRESH_MS) return last.answer;
    const answer = ask(target);
    answers.delete(key);
    answers.set(key, { at: now, answer });
    // The oldest goes first; a map keeps the order in which its keys came.
    for (const old of answers.keys()) {
      if (answers.size <= MAX_REMEMBERED) break;
      answers.delete(old);
    }
    return answer;
  };
}
