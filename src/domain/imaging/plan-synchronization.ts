import type { ImageStatus, ReplicaFault } from '#prisma/generated/client/enums.ts';
import type { RepositoryImage } from './repository-gateway.ts';

/** What is on record of a copy. */
export interface KnownReplica {
  imageName: string;
  status: ImageStatus;
  checksum: string | null;
  sizeBytes: bigint | null;
  fault: ReplicaFault | null;
  /** When the repository agreed to make its auxiliary files; null where it has not. */
  auxiliaryAcceptedAt: Date | null;
  /** Since when its file is being moved; null where nobody moves it. */
  fileMoveSince: Date | null;
  /** Of the file that a capture has written over. */
  supersededChecksum: string | null;
  /** Of the file that is being copied here; null where that was not known. */
  expectedChecksum: string | null;
}

export interface ReplicaFacts {
  status: ImageStatus;
  checksum: string | null;
  sizeBytes: bigint | null;
  fault: ReplicaFault | null;
}

/** How long a repository that has made auxiliary files is waited for to say so, before its list is believed instead. */
export const AUXILIARY_SILENCE_MS = 120_000;

/** How long a move of a file may be under way: longer than any call to a repository. */
const FILE_MOVE_MS = 120_000;

/** What was wrong with a file before it was put into the trash is wrong with it when it is back. */
const LASTING_FAULTS: ReadonlySet<ReplicaFault> = new Set<ReplicaFault>([
  'NOT_INTACT',
  'CAPTURE_FAILED',
  'AUXILIARY_FILES_FAILED',
]);

/** What a copy is whose file is out of the trash again. */
export function statusAfterRecovery(fault: ReplicaFault | null): ImageStatus {
  if (fault === 'NOT_INTACT') return 'CORRUPT';
  return fault !== null && LASTING_FAULTS.has(fault) ? 'FAILED' : 'READY';
}

/**
 * What a copy is, after its repository has told what it holds: the facts that change, or null where all is as it was.
 *
 * What is being written has no place in the list yet, or still its predecessor's; so its absence says nothing, and its presence only where
 * it cannot be the predecessor's.
 */
export function judgeReplica(
  replica: KnownReplica,
  found: Pick<RepositoryImage, 'place' | 'checksum' | 'sizeBytes'> | null,
  { now, silenceMs = AUXILIARY_SILENCE_MS }: { now: Date; silenceMs?: number },
): Partial<ReplicaFacts> | null {
  if (replica.fileMoveSince !== null && now.getTime() - replica.fileMoveSince.getTime() < FILE_MOVE_MS) return null;
  const status = found === null ? statusWhenMissing(replica) : statusWhenFound(replica, found, now, silenceMs);
  const facts: ReplicaFacts = {
    status,
    checksum: replica.checksum,
    sizeBytes: replica.sizeBytes,
    fault: faultOf(replica, status, found !== null),
  };
  if (found !== null && (status === 'READY' || status === 'TRASH' || status === 'CORRUPT')) {
    facts.checksum = found.checksum;
    facts.sizeBytes = found.sizeBytes ?? replica.sizeBytes;
  }
  const changes = Object.entries(facts).filter(([name, value]) => value !== replica[name as keyof ReplicaFacts]);
  return changes.length === 0 ? null : Object.fromEntries(changes);
}

function statusWhenMissing({ status }: KnownReplica): ImageStatus {
  return status === 'READY' || status === 'TRASH' ? 'FAILED' : status;
}

function statusWhenFound(
  replica: KnownReplica,
  { place, checksum }: Pick<RepositoryImage, 'place' | 'checksum'>,
  now: Date,
  silenceMs: number,
): ImageStatus {
  const { status, fault, auxiliaryAcceptedAt } = replica;
  const isThere = place === 'images';
  switch (status) {
    case 'READY':
      return isThere ? 'READY' : 'TRASH';
    case 'TRASH':
      return isThere ? statusAfterRecovery(fault) : 'TRASH';
    case 'CORRUPT':
      return isThere ? 'CORRUPT' : 'TRASH';
    case 'FAILED':
      if (fault !== 'NOT_LISTED' && fault !== 'TRANSFER_FAILED') return 'FAILED';
      return isThere ? 'READY' : 'TRASH';
    case 'PENDING':
      return isThere ? 'READY' : status;
    case 'TRANSFERRING': {
      const isNew = replica.expectedChecksum === null || replica.expectedChecksum === checksum;
      return isThere && isNew ? 'READY' : status;
    }
    case 'AUXILIARY_FILES_PENDING': {
      // Until the files are made anew, the list may still tell of those of the file that was written over.
      const isDue = auxiliaryAcceptedAt !== null && now.getTime() - auxiliaryAcceptedAt.getTime() >= silenceMs;
      return isThere && isDue && checksum !== replica.supersededChecksum ? 'READY' : status;
    }
    case 'CREATING':
      return status;
  }
}

function faultOf({ status: before, fault }: KnownReplica, status: ImageStatus, isFound: boolean): ReplicaFault | null {
  if (status === 'READY') return null;
  if (status === 'FAILED' && before !== 'FAILED' && !isFound) return 'NOT_LISTED';
  if (status === 'TRASH' && fault !== null && !LASTING_FAULTS.has(fault)) return null;
  return fault;
}

/** The one file that stands for an image of that name: of several, one that lies not in the trash; of those, the newest. */
export function indexByName(images: readonly RepositoryImage[]): ReadonlyMap<string, RepositoryImage> {
  const byName = new Map<string, RepositoryImage>();
  for (const image of images) {
    const other = byName.get(image.name);
    if (other === undefined || isBefore(other, image)) byName.set(image.name, image);
  }
  return byName;
}

/** The same of two, in whatever order the repository lists them: or a copy would be another one at each look. */
function isBefore(one: RepositoryImage, other: RepositoryImage): boolean {
  if (one.place !== other.place) return other.place === 'images';
  const [oneMs, otherMs] = [one.modifiedAt?.getTime() ?? 0, other.modifiedAt?.getTime() ?? 0];
  return oneMs === otherMs ? one.checksum < other.checksum : oneMs < otherMs;
}
