import type { Storage, Transaction } from '#domain/storage.ts';
import { hashOf } from '#lib/canonical-json.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import type { DeadLetterReason } from '#prisma/generated/client/enums.ts';
import { hideSecrets } from './hide-secrets.ts';
import { createLetterQuota } from './letter-quota.ts';

/** A report that changed nothing. */
export interface DeadLetterDraft {
  reason: DeadLetterReason;
  /** Path it was sent to. */
  route: string;
  sender: string;
  clientId: string | null;
  jobId: string | null;
  /** Why, in plain words. */
  detail: string;
  body: string;
}

export interface DeadLetterLimits {
  maxCount: number;
  maxBytes: number;
  maxAgeMs: number;
  /** Of one sender, so that nobody pushes everybody else's out. */
  maxPerSender: number;
  /** Letters of one sender that are written down in a minute; what comes on top is only counted. */
  maxPerMinute: number;
}

export const DEAD_LETTER_LIMITS: DeadLetterLimits = {
  maxCount: 5000,
  maxBytes: 64 * 1024 * 1024,
  maxAgeMs: 30 * 86_400_000,
  maxPerSender: 500,
  maxPerMinute: 60,
};

/** Longest body kept; nothing that we take in is longer. */
const MAX_BODY_LENGTH = 512 * 1024;
const MAX_TEXT_LENGTH = 200;

/** One filing at a time, so that the bounds hold whoever files. */
const DEAD_LETTER_LOCK = 7_301_957n;

export interface DeadLetters {
  /** Writes a letter down. Never throws: that a report came to nothing must not depend on there being a record of it. */
  file: (draft: DeadLetterDraft) => Promise<void>;
  /** The same as part of something else; throws as any statement may. */
  fileWithin: (tx: Transaction, draft: DeadLetterDraft) => Promise<void>;
  /** Throws away what is too old, and writes down what was only counted. */
  tidy: () => Promise<void>;
}

/** Keeps reports that came to nothing: the same ones once with their number, the newest ones, up to the limits. */
export function createDeadLetters({
  db,
  clock,
  log,
  limits = DEAD_LETTER_LIMITS,
}: {
  db: Storage;
  clock: Clock;
  log: Logger;
  limits?: DeadLetterLimits;
}): DeadLetters {
  const quota = createLetterQuota(limits.maxPerMinute, clock);

  async function fileWithin(tx: Transaction, draft: DeadLetterDraft): Promise<void> {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(${DEAD_LETTER_LOCK})::text`;
    const now = clock.now();
    const letter = toRow(draft);
    await tx.deadLetter.upsert({
      where: { digest: letter.digest },
      create: { ...letter, firstReceivedAt: now, lastReceivedAt: now },
      update: { copies: { increment: 1 }, lastReceivedAt: now, detail: letter.detail },
      select: { id: true },
    });
    await count(tx, draft.reason, 1);
    await prune(tx, letter.sender, limits, now);
  }

  return {
    fileWithin,
    async file(draft) {
      if (!quota.take(draft.sender, draft.reason)) return;
      log.warn(
        {
          reason: draft.reason,
          route: draft.route,
          sender: draft.sender,
          clientId: draft.clientId,
          jobId: draft.jobId,
        },
        `a report came to nothing: ${draft.detail}`,
      );
      try {
        await db.$transaction((tx) => fileWithin(tx, draft));
      } catch (error) {
        log.error({ err: error, reason: draft.reason, sender: draft.sender }, 'a dead letter could not be kept');
      }
    },
    async tidy() {
      const uncounted = quota.drain();
      if (uncounted.size > 0) log.warn(Object.fromEntries(uncounted), 'more reports came to nothing than are kept');
      for (const [reason, number] of uncounted) await count(db, reason, number);
      await db.deadLetter.deleteMany({
        where: { lastReceivedAt: { lt: new Date(clock.now().getTime() - limits.maxAgeMs) } },
      });
    },
  };
}

async function count(tx: Transaction, reason: DeadLetterReason, number: number): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO dead_letter_counts (reason, count) VALUES (${reason}::dead_letter_reason, ${BigInt(number)})
    ON CONFLICT (reason) DO UPDATE SET count = dead_letter_counts.count + EXCLUDED.count`;
}

function toRow({ reason, route, sender, clientId, jobId, detail, body }: DeadLetterDraft) {
  const text = hideSecrets(body.slice(0, MAX_BODY_LENGTH)).replaceAll('\0', '').toWellFormed();
  const row = {
    reason,
    route: route.slice(0, MAX_TEXT_LENGTH),
    sender: sender.slice(0, MAX_TEXT_LENGTH),
    clientId,
    jobId: jobId?.slice(0, MAX_TEXT_LENGTH) ?? null,
    detail: detail.slice(0, MAX_TEXT_LENGTH),
    body: text,
    sizeBytes: Buffer.byteLength(text),
  };
  return { ...row, digest: hashOf([reason, row.route, row.sender, clientId, text]) };
}

/** Throws away the oldest until all bounds hold. */
async function prune(tx: Transaction, sender: string, limits: DeadLetterLimits, now: Date): Promise<void> {
  const oldest = new Date(now.getTime() - limits.maxAgeMs);
  await tx.$executeRaw`
    DELETE FROM dead_letters WHERE id IN (
      SELECT id FROM dead_letters WHERE sender = ${sender} ORDER BY last_received_at DESC, id DESC OFFSET ${limits.maxPerSender})`;
  await tx.$executeRaw`
    DELETE FROM dead_letters WHERE id IN (
      SELECT id FROM (
        SELECT id, last_received_at,
          row_number() OVER newest AS place,
          sum(size_bytes) OVER newest AS bytes
        FROM dead_letters WINDOW newest AS (ORDER BY last_received_at DESC, id DESC)) AS letters
      WHERE place > ${limits.maxCount} OR bytes > ${limits.maxBytes} OR last_received_at < ${oldest})`;
}
