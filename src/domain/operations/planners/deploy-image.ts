import { InvalidInputError, MethodNotSupportedError, NotFoundError } from '#domain/errors.ts';
import { checkMulticastOptions, checkP2pOptions } from '#domain/imaging/transfer-options.ts';
import { readTransferSettings } from '#domain/imaging/transfer-settings.ts';
import { streamOf } from '#domain/operations/deploy-method.ts';
import { assessDeployment } from '#domain/operations/deployment-rules.ts';
import type { OrderOf } from '#domain/operations/operation-order.ts';
import type { TargetClient } from '#domain/operations/operation-target.ts';
import type { Planner } from '#domain/operations/planner.ts';
import { isBlocking } from '#domain/operations/reasons.ts';
import { checkPlace, findPlace } from './place.ts';

export const deployImage: Planner<'DEPLOY_IMAGE'> = {
  check(order) {
    checkPlace(order);
    const { method, multicast, p2p } = order;
    const stream = streamOf(method);
    if (multicast !== null && stream !== 'UDPCAST' && stream !== 'UFTP') {
      throw new InvalidInputError(['input', 'multicast'], 'OPTIONS_FOR_OTHER_METHOD', { method });
    }
    if (p2p !== null && stream !== 'P2P') {
      throw new InvalidInputError(['input', 'p2p'], 'OPTIONS_FOR_OTHER_METHOD', { method });
    }
    if (multicast !== null) checkMulticastOptions(multicast);
    if (p2p !== null) checkP2pOptions(p2p);
  },
  needs: () => ({ state: 'OGLIVE', isForced: false }),
  isAtOnce: ({ method }) => streamOf(method) === 'UDPCAST' || streamOf(method) === 'UFTP',
  async prepare(tx, order, clients) {
    // Not while a capture of it is being accepted: one of the two sees the other.
    await tx.$executeRaw`SELECT 1 FROM images WHERE id = ${order.imageId}::uuid FOR SHARE`;
    const image = await tx.image.findUnique({
      where: { id: order.imageId },
      include: {
        softwareProfile: { select: { number: true } },
        sourceClient: { select: { firmware: true } },
        replicas: { include: { repository: true } },
      },
    });
    if (image === null) throw new NotFoundError(['input', 'imageId'], 'Image');
    if (image.kind === 'GIT') throw new MethodNotSupportedError(['input', 'imageId'], { method: order.method });
    const { repositoryId } = order;
    const chosen = repositoryId === null ? null : await tx.repository.findUnique({ where: { id: repositoryId } });
    if (repositoryId !== null && chosen === null) throw new NotFoundError(['input', 'repositoryId'], 'Repository');
    const rooms = streamOf(order.method) === null ? [] : clients.map(({ roomId }) => roomId);
    const settings = rooms.length === 0 ? null : await readTransferSettings(tx, rooms);
    const unlikeSizes = compareSizes(order, clients);

    return (client) => {
      const repository = chosen ?? client.repository;
      const replica = image.replicas.find((copy) => copy.repositoryId === repository?.id) ?? null;
      const reasons = assessDeployment({
        disks: client.disks,
        firmware: client.firmware,
        image: { name: image.name, sourceFirmware: image.sourceClient?.firmware ?? null },
        repository,
        replica,
        imageSizeBytes: image.sizeBytes,
        target: order,
        method: order.method,
        multicastAddress: order.multicast?.address ?? settings?.get(client.roomId)?.multicast.address ?? null,
        clientCount: clients.length,
        unlikeSizes,
      });
      const place = findPlace(client, order);
      if (repository === null || 'missing' in place || reasons.some(({ code }) => isBlocking(code))) {
        return { reasons, input: null };
      }
      return {
        reasons,
        input: {
          action: 'DEPLOY_IMAGE',
          imageId: image.id,
          imageName: image.name,
          // A copy may be behind the image: what is restored is what the repository has.
          imageRevision: replica?.revision ?? image.revision,
          repositoryId: repository.id,
          repositoryIp: repository.ip,
          disk: order.disk,
          partition: order.partition,
          partitionCode: place.partition.code,
          softwareProfileNumber: image.softwareProfile?.number ?? null,
          method: order.method,
          multicast: null,
          p2p: null,
        },
      };
    };
  },
};

/** An image captured small restores anywhere that is large enough; a room whose partitions differ is a room somebody should look at. */
function compareSizes(
  order: OrderOf<'DEPLOY_IMAGE'>,
  clients: readonly TargetClient[],
): { smallest: bigint; largest: bigint } | null {
  const sizes = clients.flatMap((client) => {
    const place = findPlace(client, order);
    return 'missing' in place ? [] : [place.partition.sizeBytes];
  });
  const smallest = sizes.reduce<bigint | null>((least, size) => (least === null || size < least ? size : least), null);
  const largest = sizes.reduce<bigint | null>((most, size) => (most === null || size > most ? size : most), null);
  return smallest === null || largest === null || smallest === largest ? null : { smallest, largest };
}
