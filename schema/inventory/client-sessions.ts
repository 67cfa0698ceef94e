import { isStorable } from '#lib/storable-text.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { ClientSystem, SessionEnd } from '#prisma/generated/client/enums.ts';
import { builder } from '#schema/builder.ts';
import { describeValues } from '#schema/describe-values.ts';
import { conditionsOn } from '#schema/filters/conditions.ts';
import { defineFilter } from '#schema/filters/define-filter.ts';
import { defineOrder } from '#schema/filters/define-order.ts';
import { listsBy } from '#schema/filters/list-by.ts';
import { whereId } from '#schema/ids.ts';
import { listRelated } from '#schema/pages/connection.ts';
import { orderBy } from '#schema/pages/order.ts';

const SYSTEM_DESCRIPTIONS: Record<ClientSystem, string> = {
  OGLIVE: 'ogLive.',
  LINUX: 'An installed Linux.',
  WINDOWS: 'An installed Windows.',
  MACOS: 'An installed macOS.',
};

const ClientSystemEnum = builder.enumType('ClientSystem', {
  description: 'Sistema: what may run on a client (Client).',
  values: describeValues(SYSTEM_DESCRIPTIONS),
});

const END_DESCRIPTIONS: Record<SessionEnd, string> = {
  STOPPED: 'Apagado: its agent said that it stops.',
  SWITCHED_OFF: 'Apagado: it was switched off from here.',
  LOGGED_OUT: 'Cierre de sesión: the person has left.',
  RESTARTED: 'Reinicio: something started anew without this having been said to stop; it ended then at the latest.',
  NOT_KNOWN: 'Desconocido: it was found switched off, and when that was nobody knows.',
};

const SessionEndEnum = builder.enumType('ClientSessionEnd', {
  description: 'Why a session of a client (Client) ended.',
  values: describeValues(END_DESCRIPTIONS),
});

const SESSION = 'ClientSession';

builder.prismaNode(SESSION, {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description:
    'Sesión (ClientSession): how long a system ran on a client, or somebody was logged in to it, as its agents told. Kept as long as events (`EVENT_RETENTION_DAYS`), and at most the newest 500 of a client. Permission: read.',
  fields: (t) => ({
    system: t.expose('system', { type: ClientSystemEnum, description: 'Sistema that ran.' }),
    user: t.exposeString('user', {
      nullable: true,
      description:
        'Usuario who was logged in, as the agent names who it is, at most 120 characters; null for the system itself.',
    }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      description: 'When it was first known to run, or to be there.',
    }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null while it lasts, and where nobody knows (`NOT_KNOWN`).',
    }),
    endReason: t.expose('endReason', {
      type: SessionEndEnum,
      nullable: true,
      description: 'Why it ended; null while it lasts.',
    }),
    client: t.relation('client', { description: 'Cliente (Client) it was on.' }),
  }),
});

const sessions = conditionsOn<Prisma.ClientSessionWhereInput>();

const sessionFilter = defineFilter('ClientSessionFilter', 'Which sessions.', {
  system: sessions.by([ClientSystemEnum], 'Only of these systems.', (systems) => ({ system: { in: systems } })),
  user: sessions.by('String', 'Only of this person, as the agent names who it is.', (user) =>
    isStorable(user) ? sessions.known('user', user) : false,
  ),
  isLogin: sessions.flag('Whether somebody was logged in, and it is not the system itself.', { user: { not: null } }),
  isOpen: sessions.flag('Whether it lasts.', { endReason: null }),
  startedAfter: sessions.since('Only those that started at this instant or later.', (startedAt) => ({ startedAt })),
  startedBefore: sessions.before('Only those that started before this.', (startedAt) => ({ startedAt })),
});

const sessionOrder = defineOrder(SESSION, {
  STARTED_AT: { description: 'When it started.', keys: [{ kind: 'date', nullable: false, path: ['startedAt'] }] },
  ENDED_AT: {
    description: 'When it ended; those that last, or whose end nobody knows, come last.',
    keys: [{ kind: 'date', nullable: true, path: ['endedAt'] }],
  },
});

const sessionLists = listsBy(sessionFilter, sessionOrder, {
  things: 'sessions',
  usual: orderBy({ kind: 'date', nullable: false, path: ['startedAt'] }, 'desc'),
});

builder.prismaObjectField('Client', 'sessions', (t) =>
  listRelated(t, 'sessions', {
    model: SESSION,
    ...sessionLists(t),
    description:
      'Sesiones (ClientSessions): when ogLive and the installed systems ran, and who was logged in to them, the newest first.',
  }),
);
