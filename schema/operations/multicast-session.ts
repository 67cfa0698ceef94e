import type { Receiver, ReceiverState } from '#domain/operations/read-receivers.ts';
import { readReceivers } from '#domain/operations/read-receivers.ts';
import type { SessionMethod, SessionStatus } from '#prisma/generated/client/enums.ts';
import { batchByRequest } from '#schema/batch-by-request.ts';
import { builder } from '#schema/builder.ts';
import { databaseOf } from '#schema/context.ts';
import { describeValues } from '#schema/describe-values.ts';
import { whereId } from '#schema/ids.ts';
import { MulticastModeEnum } from '#schema/inventory/transfer-modes.ts';

const STATUS_DESCRIPTIONS: Record<SessionStatus, string> = {
  GATHERING: 'The agents are being told to receive.',
  STARTING: 'The repository is being told to send.',
  SENDING: 'The repository sends, or waits for the last ones to join.',
  FINISHED: 'All receivers have ended, some of them well.',
  FAILED: 'The repository did not send; the receivers were told to stop.',
  CANCELLED: 'All receivers ended without having received it.',
};

export const SessionStatusEnum = builder.enumType('SessionStatus', {
  description: 'Estado: how far a multicast session has come.',
  values: describeValues(STATUS_DESCRIPTIONS),
});

const METHOD_DESCRIPTIONS: Record<SessionMethod, string> = {
  UDPCAST: 'One multicast stream by UDPcast.',
  UFTP: 'One multicast stream by UFTP.',
  P2P: 'A tracker and a first seeder; the rest goes from client to client.',
};

const SessionMethodEnum = builder.enumType('SessionMethod', {
  description: 'What the repository sends to many clients at once.',
  values: describeValues(METHOD_DESCRIPTIONS),
});

const RECEIVER_DESCRIPTIONS: Record<ReceiverState, string> = {
  INVITED: 'Its agent was told to receive, or is about to be, and has not agreed yet.',
  JOINED: 'Its agent has agreed; nothing was received yet.',
  RECEIVING: 'It receives.',
  LAGGING: 'It receives, and is more than 20 percent behind the middle of the others.',
  DONE: 'It has received and restored all of it.',
  DROPPED: 'It refused, failed, was lost or was cancelled: the others do not wait for it.',
};

const ReceiverStateEnum = builder.enumType('ReceiverState', {
  description: 'How far one receiver of a stream has come.',
  values: describeValues(RECEIVER_DESCRIPTIONS),
});

const ReceiverType = builder.objectRef<Receiver>('SessionReceiver').implement({
  description: 'One client that a stream is for.',
  fields: (t) => ({
    state: t.expose('state', { type: ReceiverStateEnum, description: 'How far it has come.' }),
    trace: t.prismaField({
      type: 'Trace',
      description: 'Traza (Trace) of its job.',
      resolve: (query, { traceId }, _args, context) =>
        databaseOf(context).trace.findUniqueOrThrow({ ...query, where: { id: traceId } }),
    }),
  }),
});

const receiversOf = batchByRequest((context, ids: readonly string[]) => readReceivers(databaseOf(context), ids));

builder.prismaNode('MulticastSession', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Sesión multicast (MulticastSession): one stream of an image from a repository to many clients at once. Permission: read.',
  fields: (t) => ({
    status: t.expose('status', { type: SessionStatusEnum, description: 'Estado: how far it has come.' }),
    method: t.expose('method', { type: SessionMethodEnum, description: 'What the repository sends.' }),
    operation: t.relation('operation', { description: 'Operación (Operation) that it is part of.' }),
    repository: t.relation('repository', {
      nullable: true,
      description: 'Repositorio (Repository) that sends; null where it was deleted since.',
    }),
    imageName: t.exposeString('imageName', { description: 'Canonical name of the image.' }),
    port: t.exposeInt('port', {
      nullable: true,
      description: 'Even UDP port, which no other live session has; the next one is for control. Null for P2P.',
    }),
    address: t.expose('address', { type: 'IPv4', nullable: true, description: 'Multicast group; null for P2P.' }),
    mode: t.expose('mode', { type: MulticastModeEnum, nullable: true, description: 'How udpcast sends.' }),
    speedMbps: t.exposeInt('speedMbps', { nullable: true, description: 'Speed in Mbit/s; null for P2P.' }),
    maxClients: t.exposeInt('maxClients', { description: 'It starts when so many have joined, or all that agreed.' }),
    maxWaitSeconds: t.exposeInt('maxWaitSeconds', {
      description: 'It starts so many seconds after the repository was told, with those that have joined.',
    }),
    wave: t.exposeInt('wave', { description: 'Oleada of its operation that it is for, from 0.' }),
    receivers: t.field({
      type: [ReceiverType],
      description: 'The clients that it is for; at most 5000.',
      resolve: async ({ id }, _args, context) => [...(await receiversOf(context, id))],
    }),
    error: t.exposeString('errorMessage', {
      nullable: true,
      description: 'Why the repository did not send, in its own words; null while nothing went wrong.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was opened.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the repository was told to send; null until then.',
    }),
    joinDeadline: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Until when receivers can join at the latest; null until the repository was told to send, and for P2P.',
      resolve: ({ method, startedAt, maxWaitSeconds }) =>
        startedAt === null || method === 'P2P' ? null : new Date(startedAt.getTime() + maxWaitSeconds * 1000),
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its last receiver ended; null until then.',
    }),
  }),
});
