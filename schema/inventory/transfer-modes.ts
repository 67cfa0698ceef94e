import { builder } from '#schema/builder.ts';

export const MulticastModeEnum = builder.enumType('MulticastMode', {
  description: 'Modo multicast: how udpcast sends.',
  values: {
    FULL_DUPLEX: { description: 'Full dúplex: machines send and receive at once. What modern switches do.' },
    HALF_DUPLEX: { description: 'Half dúplex: one direction at a time, for old hubs.' },
    BROADCAST: { description: 'To every machine of the network, where multicast does not get through.' },
  },
});

export const P2pModeEnum = builder.enumType('P2pMode', {
  description: 'What a client does with an image it has received by P2P.',
  values: {
    PEER: { description: 'Gives parts to others while it fetches its own.' },
    LEECHER: { description: 'Only fetches.' },
    SEEDER: { description: 'Goes on giving after it has all.' },
  },
});
