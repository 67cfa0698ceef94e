import type { InputFieldMap } from '@pothos/core';
import { builder } from '#schema/builder.ts';
import { MulticastModeEnum, P2pModeEnum } from '#schema/inventory/transfer-modes.ts';
import type { InputBuilder } from './administration.ts';

const MulticastDefaults = builder.inputType('MulticastDefaultsInput', {
  description: 'How images are sent by multicast where an order does not say otherwise.',
  fields: (t) => ({
    address: t.field({ type: 'IPv4', description: 'Multicast group, 224.0.0.0 to 239.255.255.255.' }),
    port: t.int({ description: 'Even UDP port, 9000 to 9050; the next one is for control.' }),
    mode: t.field({ type: MulticastModeEnum, description: 'How udpcast sends.' }),
    speedMbps: t.int({ description: 'Speed in Mbit/s, 1 to 1000.' }),
  }),
});

const P2pDefaults = builder.inputType('P2pDefaultsInput', {
  description: 'How clients exchange images by P2P where an order does not say otherwise.',
  fields: (t) => ({
    mode: t.field({ type: P2pModeEnum, description: 'What each client does.' }),
    seedSeconds: t.int({ description: 'How long it goes on giving, in seconds, 0 to 86400.' }),
  }),
});

const NetworkSettingsInput = builder.inputType('NetworkSettingsInput', {
  description:
    'Configuración de red. What is null, or an empty list, is unset: a room then takes it from its center, and a center from the server.',
  fields: (t) => ({
    dns: t.field({ type: ['IPv4'], description: 'DNS servers in the order in which they are asked, at most 4.' }),
    ntp: t.string({ description: 'NTP server, by name or address.' }),
    proxy: t.string({ description: 'Proxy, by name or address, with its port: `proxy.uni.es:3128`.' }),
    multicast: t.field({ type: MulticastDefaults, description: 'Multicast; null unsets all of it.' }),
    p2p: t.field({ type: P2pDefaults, description: 'P2P; null unsets all of it.' }),
  }),
});

export function nameField(t: InputBuilder, isNew: boolean, where: string): InputFieldMap {
  return { name: t.string({ required: isNew, description: `Nombre, 1 to 100 characters, unique ${where}.` }) };
}

export function commentsField(t: InputBuilder): InputFieldMap {
  return { comments: t.string({ description: 'Comentarios, at most 4000 characters.' }) };
}

export function networkFields(t: InputBuilder): InputFieldMap {
  return {
    routerIp: t.field({ type: 'IPv4', description: 'Router of the network.' }),
    netmask: t.field({ type: 'IPv4', description: 'Máscara de red, of 8 to 30 bits: `255.255.255.0`.' }),
    network: t.field({ type: NetworkSettingsInput, description: 'Everything else of the network.' }),
  };
}

export function bootFields(t: InputBuilder, below: string): InputFieldMap {
  return {
    ogLiveId: t.id({ description: `ogLive that ${below} boot where nothing nearer to them says otherwise.` }),
    menuId: t.id({ description: `Menú (Menu) that ${below} then show.` }),
    pxeTemplateId: t.id({ description: `Plantilla PXE (PxeTemplate) that ${below} boot by.` }),
  };
}
