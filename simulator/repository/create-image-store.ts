import { createHash } from 'node:crypto';
import type { NewImage } from '#simulator/actions/engine-work.ts';

/** An image file of the repository. */
export interface StoredImage {
  /** `ID_img`: the checksum of the whole file, 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly clientName: string;
  readonly fileSystem: string;
  readonly dataSizeKb: number;
  readonly modifiedAt: Date;
  place: 'images' | 'trash';
  /** Whether its checksum and torrent files exist: before, the repository does not list it. */
  hasAuxiliaryFiles: boolean;
  /** Its content no longer fits its checksum. */
  isCorrupt: boolean;
}

export interface ImageStore {
  readonly images: readonly StoredImage[];
  /** Adds an image as an agent uploads it; one of the same name is written over. */
  receive(image: NewImage): StoredImage;
  /** Adds a complete copy of another repository's image: the same file, so the same checksum. */
  copyFrom(image: StoredImage): void;
  find(id: string, place: StoredImage['place']): StoredImage | null;
  /** By its file's name, with or without `.img`. */
  findByName(name: string): StoredImage | null;
  remove(image: StoredImage): void;
}

export function createImageStore(): ImageStore {
  const images: StoredImage[] = [];
  let received = 0;
  const remove = (image: StoredImage) => {
    const at = images.indexOf(image);
    if (at !== -1) images.splice(at, 1);
  };
  const findByName = (name: string) =>
    images.find((image) => image.place === 'images' && image.name === name.replace(/\.img$/, '')) ?? null;
  return {
    images,
    receive(image) {
      const old = findByName(image.name);
      if (old !== null) remove(old);
      received += 1;
      const stored: StoredImage = {
        ...image,
        id: createHash('md5').update(`${image.name} ${received}`).digest('hex'),
        modifiedAt: new Date(),
        place: 'images',
        hasAuxiliaryFiles: false,
        isCorrupt: false,
      };
      images.push(stored);
      return stored;
    },
    copyFrom(image) {
      const old = findByName(image.name);
      if (old !== null) remove(old);
      images.push({ ...image, place: 'images' });
    },
    find: (id, place) =>
      images.find((image) => image.id === id && image.place === place && image.hasAuxiliaryFiles) ?? null,
    findByName,
    remove,
  };
}

/** An image as the repository's answers describe it. */
export function toImageInfo(image: StoredImage): object {
  return {
    id: image.id,
    name: image.name,
    type: 'img',
    clientname: image.clientName,
    clonator: 'partclone',
    compressor: 'zstd',
    filesystem: image.fileSystem,
    // Sizes: of the data in KB, of the file in bytes.
    datasize: image.dataSizeKb,
    size: Math.round((image.dataSizeKb * 1024) / 2),
    sum: image.id,
    modified: image.modifiedAt.toISOString(),
    mode: '0644',
    backedup: false,
    backupsize: 0,
    locked: false,
  };
}
