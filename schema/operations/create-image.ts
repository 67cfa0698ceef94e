import { AlreadyExistsError, OperationRefusedError } from '#domain/errors.ts';
import { isGiven, requireId } from '#schema/ids.ts';
import { declareAction } from './declare-action.ts';

interface GivenCapture {
  clientId: string;
  disk: number;
  partition: number;
  repositoryId?: string | null;
  imageId?: string | null;
  name?: string | null;
  description?: string | null;
  type?: string | null;
  version?: string | null;
  architecture?: string | null;
}

export const createImage = declareAction<GivenCapture>('createImage', {
  description:
    'Crear imagen: captures a partition of a model machine as an image, or as a new revision of one, with the list of its software. The copy is READY once the repository has made the files that belong to it.',
  fields: (t) => ({
    clientId: t.id({ required: true, description: 'Equipo modelo (Client) to capture.' }),
    disk: t.int({ required: true, description: 'Number of the disk, from 1.' }),
    partition: t.int({ required: true, description: 'Number of the partition, from 1.' }),
    repositoryId: t.id({ description: 'Repositorio (Repository) to write it to; the client’s own when left out.' }),
    imageId: t.id({ description: 'Imagen (Image) that gets a new revision; left out for a new image.' }),
    name: t.string({
      description: 'Canonical name of a new image: 1 to 50 unaccented letters, digits, hyphens and underscores.',
    }),
    description: t.string({ description: 'Descripción of a new image, at most 1000 characters.' }),
    type: t.string({ description: 'Tipo of a new image, at most 50 characters: Linux, Windows, macOS.' }),
    version: t.string({ description: 'Versión: the operating system of a new image, at most 100 characters.' }),
    architecture: t.string({ description: 'Arquitectura of a new image, at most 50 characters.' }),
  }),
  errors: [OperationRefusedError, AlreadyExistsError],
  permission: 'administer',
  readTarget: ({ clientId }) => ({ clientIds: [requireId(clientId, 'Client', ['input', 'clientId'])] }),
  read: ({ repositoryId, imageId, name, disk, partition, ...about }) => ({
    action: 'CREATE_IMAGE',
    imageId: isGiven(imageId) ? requireId(imageId, 'Image', ['input', 'imageId']) : null,
    name: name?.trim() ?? null,
    description: about.description ?? null,
    type: about.type ?? null,
    version: about.version ?? null,
    architecture: about.architecture ?? null,
    repositoryId: isGiven(repositoryId) ? requireId(repositoryId, 'Repository', ['input', 'repositoryId']) : null,
    disk,
    partition,
  }),
});
