import { describe, expect, it } from 'vitest';
import { AUXILIARY_TIMES, isAuxiliaryWorkDue } from '#domain/imaging/create-auxiliary-files.ts';
import { IMAGE_STATUSES } from '#domain/imaging/image-status.ts';
import { indexByName, judgeReplica } from '#domain/imaging/plan-synchronization.ts';
import type { KnownReplica, ReplicaFacts } from '#domain/imaging/plan-synchronization.ts';
import type { RepositoryImage } from '#domain/imaging/repository-gateway.ts';

const NOW = new Date('2026-11-23T10:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);

function replica(changes: Partial<KnownReplica> = {}): KnownReplica {
  return {
    imageName: 'aula',
    status: 'READY',
    checksum: 'a',
    sizeBytes: 10n,
    fault: null,
    auxiliaryAcceptedAt: null,
    fileMoveSince: null,
    supersededChecksum: null,
    expectedChecksum: null,
    ...changes,
  };
}

const inImages = { place: 'images', checksum: 'a', sizeBytes: 10n } as const;
const inTrash = { ...inImages, place: 'trash' } as const;

describe('what a copy is after its repository has told what it holds', () => {
  it.each<
    [
      what: string,
      before: Partial<KnownReplica>,
      found: Parameters<typeof judgeReplica>[1],
      Partial<ReplicaFacts> | null,
    ]
  >([
    ['ready and listed: as it was', {}, inImages, null],
    ['ready, with another sum', {}, { ...inImages, checksum: 'b' }, { checksum: 'b' }],
    ['ready, with another size', {}, { ...inImages, sizeBytes: 11n }, { sizeBytes: 11n }],
    ['ready, of a size that is not told', {}, { ...inImages, sizeBytes: null }, null],
    ['ready, and in the trash', {}, inTrash, { status: 'TRASH' }],
    ['ready, and gone', {}, null, { status: 'FAILED', fault: 'NOT_LISTED' }],
    ['gone, and back', { status: 'FAILED', fault: 'NOT_LISTED' }, inImages, { status: 'READY', fault: null }],
    [
      'gone, and found in the trash',
      { status: 'FAILED', fault: 'NOT_LISTED' },
      inTrash,
      { status: 'TRASH', fault: null },
    ],
    ['still gone', { status: 'FAILED', fault: 'NOT_LISTED' }, null, null],
    ['half written', { status: 'FAILED', fault: 'CAPTURE_FAILED' }, inImages, null],
    ['without auxiliary files', { status: 'FAILED', fault: 'AUXILIARY_FILES_FAILED' }, inImages, null],
    ['failed for nobody knows what', { status: 'FAILED' }, inImages, null],
    ['in the trash, and out of it', { status: 'TRASH' }, inImages, { status: 'READY' }],
    ['damaged, in the trash, and out of it', { status: 'TRASH', fault: 'NOT_INTACT' }, inImages, { status: 'CORRUPT' }],
    [
      'half written, in the trash, and out of it',
      { status: 'TRASH', fault: 'CAPTURE_FAILED' },
      inImages,
      { status: 'FAILED' },
    ],
    [
      'without auxiliary files, in the trash, and out of it',
      { status: 'TRASH', fault: 'AUXILIARY_FILES_FAILED' },
      inImages,
      { status: 'FAILED' },
    ],
    ['on its way into the trash', { status: 'TRASH', fileMoveSince: ago(1000) }, inImages, null],
    ['on its way out of the trash', { status: 'TRASH', fileMoveSince: ago(1000) }, inTrash, null],
    ['about to be deleted', { status: 'FAILED', fault: 'NOT_LISTED', fileMoveSince: ago(1000) }, inImages, null],
    [
      'left where it is by a move that nobody knows the end of',
      { status: 'TRASH', fileMoveSince: ago(300_000) },
      inImages,
      { status: 'READY' },
    ],
    [
      'being copied, where an older file lies',
      { status: 'TRANSFERRING', checksum: null, expectedChecksum: 'b' },
      inImages,
      null,
    ],
    [
      'captured anew, where the list tells of the file before',
      { status: 'AUXILIARY_FILES_PENDING', checksum: null, auxiliaryAcceptedAt: ago(300_000), supersededChecksum: 'a' },
      inImages,
      null,
    ],
    ['in the trash, and gone', { status: 'TRASH' }, null, { status: 'FAILED', fault: 'NOT_LISTED' }],
    ['damaged and listed', { status: 'CORRUPT', fault: 'NOT_INTACT' }, inImages, null],
    ['damaged and gone', { status: 'CORRUPT', fault: 'NOT_INTACT' }, null, null],
    ['damaged and in the trash', { status: 'CORRUPT', fault: 'NOT_INTACT' }, inTrash, { status: 'TRASH' }],
    [
      'being copied, and here',
      { status: 'TRANSFERRING', checksum: null },
      inImages,
      { status: 'READY', checksum: 'a' },
    ],
    ['being copied', { status: 'TRANSFERRING' }, null, null],
    ['announced, and here', { status: 'PENDING' }, inImages, { status: 'READY' }],
    ['announced', { status: 'PENDING' }, null, null],
    ['being written over', { status: 'CREATING', checksum: 'x' }, inImages, null],
    ['being written', { status: 'CREATING' }, null, null],
    ['nobody asked yet: the list is of the old file', { status: 'AUXILIARY_FILES_PENDING' }, inImages, null],
    [
      'the repository may still tell of its end',
      { status: 'AUXILIARY_FILES_PENDING', auxiliaryAcceptedAt: ago(119_999) },
      inImages,
      null,
    ],
    [
      'the repository did not tell of its end',
      { status: 'AUXILIARY_FILES_PENDING', checksum: null, auxiliaryAcceptedAt: ago(120_000) },
      inImages,
      { status: 'READY', checksum: 'a' },
    ],
    ['still at it after long', { status: 'AUXILIARY_FILES_PENDING', auxiliaryAcceptedAt: ago(999_999) }, null, null],
  ])('%s', (_what, before, found, changes) => {
    expect(judgeReplica(replica(before), found, { now: NOW })).toEqual(changes);
  });

  it('settles: the same list twice changes nothing the second time', () => {
    for (const status of IMAGE_STATUSES) {
      for (const fault of [null, 'NOT_LISTED', 'NOT_INTACT', 'TRANSFER_FAILED'] as const) {
        for (const found of [inImages, inTrash, null]) {
          const before = replica({ status, fault, checksum: null });
          const after = { ...before, ...judgeReplica(before, found, { now: NOW }) };
          expect(judgeReplica(after, found, { now: NOW }), JSON.stringify([status, fault, found?.place])).toBeNull();
        }
      }
    }
  });

  it('of two files of one name, the one that lies not in the trash counts', () => {
    const file = (place: 'images' | 'trash', checksum: string) =>
      ({ name: 'aula', place, checksum }) as RepositoryImage;
    expect(indexByName([file('images', 'a'), file('trash', 'b')]).get('aula')).toMatchObject({ checksum: 'a' });
    expect(indexByName([file('trash', 'b'), file('images', 'a')]).get('aula')).toMatchObject({ checksum: 'a' });
  });
});

describe('when a repository is asked for auxiliary files', () => {
  it.each<[what: string, attempts: number, requestedMsAgo: number | null, acceptedMsAgo: number | null, due: boolean]>([
    ['at once', 0, null, null, true],
    ['not twice in a row', 1, 9999, null, false],
    ['again after ten seconds', 1, 10_000, null, true],
    ['again after twenty more', 2, 19_999, null, false],
    ['again after twenty more, then', 2, 20_000, null, true],
    ['at least every quarter of an hour', 500, 899_999, null, false],
    ['at least every quarter of an hour, then', 500, 900_000, null, true],
    ['not while it is at it', 1, 119_999, 119_999, false],
    ['after two minutes of silence', 1, 120_000, 120_000, true],
  ])('%s', (_what, auxiliaryAttempts, requestedMsAgo, acceptedMsAgo, due) => {
    const auxiliaryRequestedAt = requestedMsAgo === null ? null : ago(requestedMsAgo);
    const auxiliaryAcceptedAt = acceptedMsAgo === null ? null : ago(acceptedMsAgo);
    const pending = { auxiliaryAttempts, auxiliaryRequestedAt, auxiliaryAcceptedAt };
    expect(isAuxiliaryWorkDue(pending, NOW, AUXILIARY_TIMES)).toBe(due);
  });
});
