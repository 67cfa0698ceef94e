import pLimit from 'p-limit';
import { NotFoundError } from '#domain/errors.ts';
import type { Storage } from '#domain/storage.ts';
import type { Clock } from '#lib/clock.ts';
import type { Logger } from '#lib/logger.ts';
import { createNudge } from '#lib/nudge.ts';
import type { Nudge } from '#lib/nudge.ts';
import { repeat } from '#lib/repeat.ts';
import { createTally } from '#lib/tally.ts';
import { createCheckImageIntegrity } from './check-image-integrity.ts';
import type { CheckImageIntegrity } from './check-image-integrity.ts';
import { AUXILIARY_TIMES, createDriveAuxiliaryFiles } from './create-auxiliary-files.ts';
import type { AuxiliaryTimes } from './create-auxiliary-files.ts';
import { createFindSenders } from './image-jobs.ts';
import type { ParseRepositoryReport } from './image-jobs.ts';
import { createDeleteImageFile, createRecoverImage, createTrashImage } from './move-image-file.ts';
import type { DeleteImageFile, RecoverImage, TrashImage } from './move-image-file.ts';
import { createReadRepositoryLive } from './read-repository-live.ts';
import type { ReadRepositoryLive } from './read-repository-live.ts';
import { createReceiveRepositoryReport } from './receive-repository-report.ts';
import type { ReceiveRepositoryReport } from './receive-repository-report.ts';
import type { RepositoryGateway } from './repository-gateway.ts';
import { toRepositoryFailure } from './require-replica.ts';
import { createRetryAuxiliaryFiles } from './retry-auxiliary-files.ts';
import type { RetryAuxiliaryFiles } from './retry-auxiliary-files.ts';
import { createPruneReports } from './stored-reports.ts';
import { createSynchronizeRepository } from './synchronize-repository.ts';
import { createTransferImage } from './transfer-image.ts';
import type { TransferImage } from './transfer-image.ts';

/** What may be done with the files that repositories keep. */
export interface ImageFiles {
  /** @throws {NotFoundError | RepositoryFailedError} */
  synchronize: (repositoryId: string) => Promise<{ changedCount: number }>;
  checkIntegrity: CheckImageIntegrity;
  trash: TrashImage;
  recover: RecoverImage;
  deleteFile: DeleteImageFile;
  transfer: TransferImage;
  retryAuxiliaryFiles: RetryAuxiliaryFiles;
  live: ReadRepositoryLive;
}

/** The files of images, with the work on them that nobody has to order. */
export interface ImageKeeper {
  files: ImageFiles;
  receiveReport: ReceiveRepositoryReport;
  /** Says that a copy may be waiting for its auxiliary files, which are then asked for at once. */
  nudge: () => void;
  /** Begins to look by itself, now and then, for copies to finish and for what repositories hold. */
  start: () => void;
  /** Ends that, and waits for what is in hand. */
  stop: () => Promise<void>;
}

export interface ImageKeeperOptions {
  db: Storage;
  repositories: RepositoryGateway;
  parseReport: ParseRepositoryReport;
  /** Where a repository is really called, and where its reports therefore come from. */
  addressOf: (ip: string) => string;
  clock: Clock;
  log: Logger;
  /** How old what is known of a repository may become; 0 for never looking by itself. */
  synchronizeMinutes: number;
  auxiliaryTimes?: Partial<AuxiliaryTimes>;
  /** How often copies that wait are looked at without reason. */
  driveEveryMs?: number;
}

const DRIVE_EVERY_MS = 10_000;
/** How often it is looked which repositories are due: one that was away is asked again after that. */
const DUE_EVERY_MS = 60_000;
/** How often old reports are deleted. */
const PRUNE_EVERY_MS = 3_600_000;
/** How often strangers' reports are told of, however many there are. */
const STRANGERS_EVERY_MS = 60_000;
/** Repositories asked at the same time. */
const AT_ONCE = 4;

export function createImageKeeper(options: ImageKeeperOptions): ImageKeeper {
  const { db, repositories, parseReport, clock, log, synchronizeMinutes } = options;
  const { driveEveryMs = DRIVE_EVERY_MS } = options;
  const times = { ...AUXILIARY_TIMES, ...options.auxiliaryTimes };
  const common = { db, repositories, clock, log };
  const findSenders = createFindSenders(options.addressOf);
  const synchronizeRepository = createSynchronizeRepository({ ...common, silenceMs: times.silenceMs });
  const drive = createDriveAuxiliaryFiles({ ...common, synchronizeRepository, parseReport, findSenders, times });
  const nudgeDriving = createNudge(drive, (error) => {
    log.error({ err: error }, 'cannot look for copies that wait for auxiliary files; trying again');
  });
  const onStranger = createTally<{ sender: string; jobId: string }>(STRANGERS_EVERY_MS, (count, { sender, jobId }) => {
    log.warn({ count, sender, jobId }, 'reports that no repository of ours sent were not stored');
  });
  const newsOf = new Map<string, Nudge>();
  const ending: (() => Promise<void>)[] = [];

  /** After a report, what the repository holds is looked at: once for many reports of one moment. */
  function onNews(repositoryIds: readonly string[]): void {
    for (const id of repositoryIds) {
      let nudge = newsOf.get(id);
      if (nudge === undefined) {
        nudge = createNudge(
          async () => {
            await synchronizeRepository(id);
          },
          (error) => tellFailure(error, id),
        );
        newsOf.set(id, nudge);
      }
      nudge();
    }
  }

  function tellFailure(error: unknown, repositoryId: string): void {
    log.error({ err: error, repositoryId }, 'cannot synchronize this repository; trying again');
  }

  async function synchronizeDue(): Promise<void> {
    const due = new Date(clock.now().getTime() - synchronizeMinutes * 60_000);
    const stale = await db.repository.findMany({
      where: { OR: [{ lastSynchronizedAt: null }, { lastSynchronizedAt: { lte: due } }] },
      select: { id: true },
    });
    const limit = pLimit(AT_ONCE);
    await Promise.all(
      stale.map(({ id }) => limit(() => synchronizeRepository(id)).catch((error: unknown) => tellFailure(error, id))),
    );
  }

  return {
    files: {
      async synchronize(repositoryId) {
        const path = ['input', 'repositoryId'];
        const outcome = await synchronizeRepository(repositoryId);
        if (outcome === null) throw new NotFoundError(path, 'Repository');
        if (outcome.outcome === 'done') return outcome.value;
        const repository = await db.repository.findUnique({ where: { id: repositoryId }, select: { name: true } });
        throw toRepositoryFailure(path, repository?.name ?? '', outcome);
      },
      checkIntegrity: createCheckImageIntegrity(common),
      trash: createTrashImage(common),
      recover: createRecoverImage(common),
      deleteFile: createDeleteImageFile(common),
      transfer: createTransferImage({ ...common, parseReport, findSenders }),
      retryAuxiliaryFiles: createRetryAuxiliaryFiles({ db, nudge: nudgeDriving, log }),
      live: createReadRepositoryLive({ repositories, clock }),
    },
    receiveReport: createReceiveRepositoryReport({ db, clock, findSenders, onStranger, onNews }),
    nudge: nudgeDriving,
    start() {
      ending.push(
        repeat(
          async () => nudgeDriving(),
          driveEveryMs,
          () => {},
        ),
      );
      ending.push(
        repeat(createPruneReports({ db, clock }), PRUNE_EVERY_MS, (error) => {
          log.warn({ err: error }, 'cannot delete old reports of repositories; trying again');
        }),
      );
      if (synchronizeMinutes === 0) return;
      ending.push(
        repeat(synchronizeDue, DUE_EVERY_MS, (error) => {
          log.warn({ err: error }, 'cannot synchronize repositories; trying again');
        }),
      );
    },
    async stop() {
      onStranger.stop();
      await Promise.all(ending.map((end) => end()));
      await Promise.all([nudgeDriving.stop(), ...[...newsOf.values()].map((nudge) => nudge.stop())]);
    },
  };
}
