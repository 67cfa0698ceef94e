import { CENTER, CLIENT_GROUP, ROOM, ROOM_GROUP, SUBNET } from '#domain/inventory/kinds.ts';
import { declareAdministration } from './administration.ts';
import { bootFields, commentsField, nameField, networkFields } from './shared-inputs.ts';

declareAdministration({
  kind: CENTER,
  words: 'Centro (Center)',
  cascade: 'its rooms, groups and clients with their history go with it. Its repositories must go first.',
  fields: (t, isNew) => ({
    ...nameField(t, isNew, 'among centers'),
    ...commentsField(t),
    ...networkFields(t),
    ...bootFields(t, 'its clients'),
  }),
});

declareAdministration({
  kind: ROOM_GROUP,
  words: 'Grupo de aulas (RoomGroup)',
  cascade: 'groups in it come to stand beside the others, and its rooms are in no group.',
  fields: (t, isNew) => ({
    ...(isNew ? { centerId: t.id({ required: true, description: 'Centro (Center) it belongs to, for good.' }) } : {}),
    parentId: t.id({ description: 'Group of the same center that it is in; null for none.' }),
    ...nameField(t, isNew, 'among the groups of the center'),
    ...commentsField(t),
  }),
});

declareAdministration({
  kind: ROOM,
  words: 'Aula (Room)',
  cascade: 'its groups and clients with their history go with it.',
  fields: (t, isNew) => ({
    centerId: t.id({
      required: isNew,
      description:
        'Centro (Center) it belongs to. A room that moves to another one leaves its group, unless `roomGroupId` says another.',
    }),
    roomGroupId: t.id({ description: 'Grupo de aulas (RoomGroup) of that center that it is in; null for none.' }),
    ...nameField(t, isNew, 'within the center'),
    location: t.string({ description: 'Ubicación: where it is, at most 200 characters.' }),
    seats: t.int({ description: 'Puestos: number of seats, 0 to 10000.' }),
    jobLimit: t.int({
      description:
        'Most clients of the room that have a job in hand at once, 1 to 10000; others wait. Null for no limit.',
    }),
    hasProjector: t.boolean({ description: 'Whether there is a projector.' }),
    hasBoard: t.boolean({ description: 'Whether there is a board.' }),
    photo: t.string({ description: 'Foto: name of its picture, at most 200 characters.' }),
    remoteAccess: t.boolean({ description: 'Whether remote users may be given its machines.' }),
    reservableFromHour: t.int({ description: 'First hour of the day for that, 0 to 24.' }),
    reservableUntilHour: t.int({ description: 'Hour of the day at which that ends, after the first, up to 24.' }),
    validation: t.boolean({ description: 'Validación: whether a person must log in before ogLive’s menu.' }),
    loginPage: t.string({ description: 'Página de login: http or https address.' }),
    validationPage: t.string({ description: 'Página de validación: http or https address.' }),
    teacherClientId: t.id({ description: 'Ordenador del profesor: one of the room’s own clients.' }),
    ...networkFields(t),
    ...bootFields(t, 'its clients'),
    ...commentsField(t),
  }),
});

declareAdministration({
  kind: CLIENT_GROUP,
  words: 'Grupo de clientes (ClientGroup)',
  cascade: 'groups in it come to stand beside the others, and its clients stay in the room without a group.',
  fields: (t, isNew) => ({
    ...(isNew ? { roomId: t.id({ required: true, description: 'Aula (Room) it belongs to, for good.' }) } : {}),
    parentId: t.id({ description: 'Group of the same room that it is in; null for none.' }),
    ...nameField(t, isNew, 'among the groups of the room'),
    ...commentsField(t),
  }),
});

declareAdministration({
  kind: SUBNET,
  words: 'Subred (Subnet)',
  cascade: 'its clients are in no subnet.',
  note: ' It overlaps no other one.',
  fields: (t, isNew) => ({
    name: t.string({ description: 'Nombre, 1 to 100 characters; null for none.' }),
    cidr: t.field({
      type: 'CIDR',
      required: isNew,
      description: 'Dirección y máscara: network address with a prefix length of 8 to 30, such as `192.168.2.0/24`.',
    }),
    routerIp: t.field({ type: 'IPv4', description: 'Router, inside of the network.' }),
    ...commentsField(t),
  }),
});
