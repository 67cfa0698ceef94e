import { InvalidInputError } from '#domain/errors.ts';
import type { OperationTarget } from '#domain/operations/operation-target.ts';
import { builder } from '#schema/builder.ts';
import { isGiven, requireId } from '#schema/ids.ts';

export const OperationTargetInput = builder.inputType('OperationTargetInput', {
  isOneOf: true,
  description: 'Which clients an operation is for: exactly one of these.',
  fields: (t) => ({
    clientIds: t.idList({ description: 'These clients, 1 to 5000; one named twice counts once.' }),
    groupId: t.id({ description: 'All clients of this group.' }),
    roomId: t.id({ description: 'All clients of this room.' }),
    centerId: t.id({ description: 'All clients of all rooms of this center.' }),
  }),
});

/** @throws {NotFoundError} at the id that is none. */
export function readTarget(target: typeof OperationTargetInput.$inferInput): OperationTarget {
  const path = ['input', 'target'];
  const { clientIds, groupId, roomId, centerId } = target;
  if (isGiven(clientIds)) {
    return { clientIds: clientIds.map((id, index) => requireId(id, 'Client', [...path, 'clientIds', String(index)])) };
  }
  if (isGiven(groupId)) return { groupId: requireId(groupId, 'ClientGroup', [...path, 'groupId']) };
  if (isGiven(roomId)) return { roomId: requireId(roomId, 'Room', [...path, 'roomId']) };
  if (isGiven(centerId)) return { centerId: requireId(centerId, 'Center', [...path, 'centerId']) };
  throw new InvalidInputError(path, 'EMPTY_TARGET');
}
