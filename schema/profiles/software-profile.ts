import { builder } from '#schema/builder.ts';
import { whereId } from '#schema/ids.ts';
import { imageLists } from '#schema/imaging/image-order.ts';
import { partitionLists } from '#schema/inventory/partition-filter.ts';
import { keptFields } from '#schema/kept-fields.ts';
import { listRelated, listRows } from '#schema/pages/connection.ts';
import { byName } from '#schema/pages/order.ts';
import { rowById } from '#schema/row-by-id.ts';
import { SoftwareKindEnum } from './item-kinds.ts';

builder.prismaNode('SoftwareProfile', {
  id: { field: 'id' },
  nullable: true,
  findUnique: whereId,
  description: 'Perfil de software (SoftwareProfile): what is installed in an image or a partition. Permission: read.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'The small number by which agents know it.' }),
    name: t.exposeString('name', { description: 'Name, unique.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Descripción, for people; null for none.',
    }),
    software: listRelated(t, 'software', {
      model: 'Software',
      order: byName,
      description: 'Software that is installed, by name.',
    }),
    images: listRelated(t, 'images', {
      model: 'Image',
      ...imageLists(t),
      description: 'Imágenes (Images) that contain this, by name.',
    }),
    partitions: listRelated(t, 'partitions', {
      model: 'Partition',
      ...partitionLists(t),
      description: 'Particiones (Partitions) that have this installed.',
    }),
    ...keptFields(t),
  }),
});

builder.prismaObject('Software', {
  description: 'Software: a system, program or driver of one name, wherever it is installed.',
  fields: (t) => ({
    kind: t.expose('kind', { type: SoftwareKindEnum, description: 'Tipo.' }),
    name: t.exposeString('name', { description: 'Nombre, as the machine’s agent reported it.' }),
  }),
});

builder.queryFields((t) => ({
  softwareProfiles: listRows(t, {
    model: 'SoftwareProfile',
    order: byName,
    description: 'Perfiles de software (SoftwareProfiles), by name. Permission: read.',
  }),
  softwareProfile: rowById(t, 'SoftwareProfile', 'software profile'),
}));
