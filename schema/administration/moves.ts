import { AlreadyExistsError, InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { payloadCursor } from '#schema/tracing/payload-cursor.ts';

const MoveClientsInput = builder.inputType('MoveClientsInput', {
  description: 'Which clients go where.',
  fields: (t) => ({
    clientIds: t.idList({ required: true, description: 'Clientes (Clients), 1 to 5000.' }),
    roomId: t.id({ required: true, description: 'Aula (Room) they go to.' }),
    groupId: t.id({ description: 'Grupo (ClientGroup) of that room; none when left out.' }),
  }),
});

interface Moved {
  id: string;
  movedCount: number;
}

const MoveClientsPayload = builder.objectRef<Moved>('MoveClientsPayload').implement({
  description: 'The clients are in the room.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    room: t.prismaField({
      type: 'Room',
      description: 'Aula (Room) they are in now.',
      resolve: (query, { id }, _args, context) =>
        databaseOf(context).room.findUniqueOrThrow({ ...query, where: { id } }),
    }),
    movedCount: t.exposeInt('movedCount', { description: 'How many were not there before.' }),
  }),
});

builder.mutationField('moveClients', (t) =>
  t.field({
    type: MoveClientsPayload,
    args: { input: t.arg({ type: MoveClientsInput, required: true, description: 'Which clients go where.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError],
      union: { name: 'MoveClientsResult', description: 'The room they are in, or why none was moved.' },
    },
    description:
      'Mueve (moves) clients into a room and into a group of it: all of them, or none. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const roomId = requireId(input.roomId, 'Room', ['input', 'roomId']);
      const request = {
        roomId,
        clientIds: input.clientIds.map((id, n) => requireId(id, 'Client', ['input', 'clientIds', String(n)])),
        groupId: isGiven(input.groupId) ? requireId(input.groupId, 'ClientGroup', ['input', 'groupId']) : null,
      };
      return { id: roomId, ...(await services.moveClients(request, principal)) };
    },
  }),
);

const MoveRoomsInput = builder.inputType('MoveRoomsInput', {
  description: 'Which rooms go where.',
  fields: (t) => ({
    roomIds: t.idList({ required: true, description: 'Aulas (Rooms), 1 to 5000; their clients go with them.' }),
    centerId: t.id({ required: true, description: 'Centro (Center) they go to.' }),
    roomGroupId: t.id({ description: 'Grupo de aulas (RoomGroup) of that center; none when left out.' }),
  }),
});

const MoveRoomsPayload = builder.objectRef<Moved>('MoveRoomsPayload').implement({
  description: 'The rooms are in the center.',
  fields: (t) => ({
    cursor: payloadCursor(t),
    center: t.prismaField({
      type: 'Center',
      description: 'Centro (Center) they are in now.',
      resolve: (query, { id }, _args, context) =>
        databaseOf(context).center.findUniqueOrThrow({ ...query, where: { id } }),
    }),
    movedCount: t.exposeInt('movedCount', { description: 'How many were named.' }),
  }),
});

builder.mutationField('moveRooms', (t) =>
  t.field({
    type: MoveRoomsPayload,
    args: { input: t.arg({ type: MoveRoomsInput, required: true, description: 'Which rooms go where.' }) },
    errors: {
      types: [InvalidInputError, NotFoundError, AlreadyExistsError],
      union: { name: 'MoveRoomsResult', description: 'The center they are in, or why none was moved.' },
    },
    description:
      'Mueve (moves) rooms with their clients into a center and into a group of it: all of them, or none. Permission: administer.',
    resolve: async (_root, { input }, { services, principal }) => {
      const centerId = requireId(input.centerId, 'Center', ['input', 'centerId']);
      const request = {
        centerId,
        roomIds: input.roomIds.map((id, n) => requireId(id, 'Room', ['input', 'roomIds', String(n)])),
        roomGroupId: isGiven(input.roomGroupId)
          ? requireId(input.roomGroupId, 'RoomGroup', ['input', 'roomGroupId'])
          : null,
      };
      return { id: centerId, ...(await services.moveRooms(request, principal)) };
    },
  }),
);
