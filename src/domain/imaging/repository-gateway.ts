/** The repository to call: an ogRepository. */
export interface RepositoryTarget {
  repositoryId: string;
  ip: string;
}

/**
 * What became of one call.
 *
 * `refused` and `not-sent` prove that nothing was done. `unknown` means that bytes may have left and no valid answer came.
 */
export type RepositoryOutcome<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'refused'; message: string }
  | { outcome: 'not-sent'; message: string }
  | { outcome: 'unknown'; message: string };

export interface RepositoryImage {
  /** The full checksum of the image's file, by which the repository knows it (`ID_img`). */
  checksum: string;
  /** Canonical name, without extension. */
  name: string;
  place: 'images' | 'trash';
  /** Of the compressed file; null where it is not told. */
  sizeBytes: bigint | null;
  /** Of the data once restored; null where it is not told. */
  dataSizeBytes: bigint | null;
  fileSystem: string | null;
  modifiedAt: Date | null;
  isLocked: boolean;
}

export interface DiskUse {
  totalBytes: bigint;
  usedBytes: bigint;
  freeBytes: bigint;
}

export interface RepositoryReport {
  disk: DiskUse | null;
  cpuPercent: number | null;
  memoryPercent: number | null;
  /** What the repository says of its services, by their names: `active` and the like. */
  services: readonly { name: string; state: string }[];
  supportsGit: boolean | null;
}

export type TransferMethod = 'UDPCAST' | 'UFTP' | 'P2P';

/** A transfer that the repository is to send, or sends. */
export interface TransferOrder {
  method: TransferMethod;
  checksum: string;
  /** Even UDP port; null for P2P. */
  port: number | null;
  /** Multicast group; null for P2P. */
  address: string | null;
  mode: 'FULL_DUPLEX' | 'HALF_DUPLEX' | 'BROADCAST' | null;
  speedMbps: number | null;
  /** Starts when so many have joined … */
  clientCount: number | null;
  /** … or after so long with those who have. */
  maxWaitSeconds: number | null;
}

export interface Transfer {
  id: string;
  method: TransferMethod;
  checksum: string;
  imageName: string | null;
  port: number | null;
  state: 'WAITING' | 'SENDING' | null;
  joined: number | null;
}

/** The port to ogRepository. Its one implementation over the real wire lives in `src/repository/`. Nothing here rejects. */
export interface RepositoryGateway {
  /** How long a call may be under way at the most, but for those that read or move whole files. */
  readonly longestCallMs: number;
  readStatus(target: RepositoryTarget): Promise<RepositoryOutcome<RepositoryReport>>;
  listImages(
    target: RepositoryTarget,
  ): Promise<RepositoryOutcome<{ images: readonly RepositoryImage[]; disk: DiskUse | null }>>;
  /** Has the repository look at its own directories again. */
  refresh(target: RepositoryTarget): Promise<RepositoryOutcome<null>>;
  /** Whether the file still fits its checksum. */
  checkIntegrity(target: RepositoryTarget, checksum: string): Promise<RepositoryOutcome<{ isIntact: boolean }>>;
  deleteImage(target: RepositoryTarget, checksum: string, how: 'TRASH' | 'FOR_GOOD'): Promise<RepositoryOutcome<null>>;
  recoverImage(target: RepositoryTarget, checksum: string): Promise<RepositoryOutcome<null>>;
  deleteFromTrash(target: RepositoryTarget, checksum: string): Promise<RepositoryOutcome<null>>;
  /** Has the repository fetch an image from another one. Ends with a report of the repository. */
  importImage(
    target: RepositoryTarget,
    image: { name: string; fromIp: string },
  ): Promise<RepositoryOutcome<{ jobId: string | null }>>;
  /** Has the repository send an image to another one. Ends with a report of the repository. */
  exportImage(
    target: RepositoryTarget,
    image: { name: string; toIp: string },
  ): Promise<RepositoryOutcome<{ jobId: string | null }>>;
  /** Has checksum and torrent made for an image that was just captured. Ends with a report of the repository. */
  createAuxiliaryFiles(
    target: RepositoryTarget,
    imageName: string,
  ): Promise<RepositoryOutcome<{ jobId: string | null }>>;
  /** Sends the packet that switches a machine on. Harmless to repeat. */
  wake(target: RepositoryTarget, machine: { mac: string; broadcastIp: string }): Promise<RepositoryOutcome<null>>;
  startTransfer(
    target: RepositoryTarget,
    order: TransferOrder,
  ): Promise<RepositoryOutcome<{ transferId: string | null }>>;
  listTransfers(target: RepositoryTarget, method: 'UDPCAST' | 'UFTP'): Promise<RepositoryOutcome<readonly Transfer[]>>;
  cancelTransfer(target: RepositoryTarget, method: TransferMethod, checksum: string): Promise<RepositoryOutcome<null>>;
  close(): Promise<void>;
}
