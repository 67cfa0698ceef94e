import { CLIENT } from '#domain/inventory/kinds.ts';
import { FirmwareEnum } from '#schema/inventory/firmware.ts';
import { declareAdministration } from './administration.ts';
import { bootFields, commentsField } from './shared-inputs.ts';

declareAdministration({
  kind: CLIENT,
  words: 'Cliente (Client)',
  cascade: 'its traces go with it. Never while a job of it has not ended.',
  fields: (t, isNew) => ({
    roomId: t.id({
      required: isNew,
      description:
        'Aula (Room) it stands in. One that moves to another leaves its group, unless `groupId` says another.',
    }),
    groupId: t.id({ description: 'Grupo (ClientGroup) of that room; null for none.' }),
    subnetId: t.id({
      description:
        'Subred (Subnet) that its address must be in. Left out: the one that the address is in, if there is one.',
    }),
    repositoryId: t.id({ description: 'Repositorio (Repository) it takes images from; null for none.' }),
    name: t.string({ required: isNew, description: 'Nombre: host name, 1 to 100 characters.' }),
    mac: t.field({
      type: 'MAC',
      required: isNew,
      description: 'MAC address of the interface it boots from, in any usual notation; unique.',
    }),
    ip: t.field({ type: 'IPv4', required: isNew, description: 'Address at which its agent is called; unique.' }),
    netiface: t.string({ description: 'Netiface: name of the network interface in ogLive, at most 15 characters.' }),
    netDriver: t.string({ description: 'Driver of that interface, at most 50 characters.' }),
    firmware: t.field({ type: FirmwareEnum, description: 'BIOS or UEFI; null where not known.' }),
    serialNumber: t.string({ description: 'Número de serie, at most 100 characters.' }),
    validation: t.boolean({ description: 'Validación: whether a person must log in before ogLive’s menu.' }),
    loginPage: t.string({ description: 'Página de login: http or https address.' }),
    validationPage: t.string({ description: 'Página de validación: http or https address.' }),
    maintenance: t.boolean({ description: 'Mantenimiento: whether it is kept out of all operations.' }),
    remoteAccess: t.boolean({ description: 'Whether remote users may be given it.' }),
    photo: t.string({ description: 'Foto: name of its picture, at most 200 characters.' }),
    menuResolution: t.string({ description: 'Resolution of ogLive’s menu, such as `1024x768`.' }),
    autoexecId: t.id({ description: 'Autoexec: comando (Command) that ogLive runs by itself at each start.' }),
    hardwareProfileId: t.id({ description: 'Perfil de hardware (HardwareProfile); null where not known.' }),
    ...bootFields(t, 'it alone'),
    ...commentsField(t),
  }),
});
