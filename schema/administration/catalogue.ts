import { COMMAND } from '#domain/commands/kinds.ts';
import { IMAGE, REPOSITORY } from '#domain/imaging/kinds.ts';
import { builder } from '#schema/builder.ts';
import { ImageKindEnum, ImageStatusEnum } from '#schema/imaging/image-status.ts';
import { ActionEnum } from '#schema/tracing/trace-status.ts';
import { declareAdministration } from './administration.ts';
import { commentsField, nameField } from './shared-inputs.ts';

declareAdministration({
  kind: REPOSITORY,
  words: 'Repositorio (Repository)',
  cascade: 'what is known of its copies goes with it, and its clients have no repository. Its files stay.',
  fields: (t, isNew) => ({
    ...nameField(t, isNew, 'among repositories'),
    ip: t.field({ type: 'IPv4', required: isNew, description: 'Address that clients fetch images from; unique.' }),
    path: t.string({ required: isNew, description: 'Ruta: folder of the image files on it, at most 500 characters.' }),
    centerId: t.id({ description: 'Centro (Center) that it belongs to; null where it serves all.' }),
    transferLimit: t.int({
      description: 'Most clients that fetch an image of their own at once, 1 to 10000; others wait. Null for no limit.',
    }),
    ...commentsField(t),
  }),
});

const ReplicaInput = builder.inputType('ImageReplicaInput', {
  description: 'What is known of an image’s copy in one repository.',
  fields: (t) => ({
    repositoryId: t.id({ required: true, description: 'Repositorio (Repository) that holds it.' }),
    status: t.field({ type: ImageStatusEnum, description: 'Estado; READY when left out of a new one.' }),
    revision: t.int({ description: 'Revision that the copy is, from 1; null where not known.' }),
    checksum: t.string({ description: 'Checksum of the file; null where not known.' }),
    sizeBytes: t.field({ type: 'BigInt', description: 'Bytes of the compressed file; null where not known.' }),
  }),
});

declareAdministration({
  kind: IMAGE,
  words: 'Imagen (Image)',
  verb: 'register',
  note: ' For one whose files are in a repository already; nothing is captured.',
  cascade: 'what is known of its copies goes with it, and partitions forget that they carry it. Its files stay.',
  fields: (t, isNew) => ({
    name: t.string({
      required: isNew,
      description: 'Canonical name: 1 to 50 unaccented letters, digits, hyphens and underscores; unique.',
    }),
    description: t.string({ description: 'Descripción, at most 1000 characters.' }),
    type: t.string({ description: 'Tipo: family of its operating system, such as `Linux`.' }),
    version: t.string({ description: 'Versión of its operating system, such as `Ubuntu 24.04`.' }),
    architecture: t.string({ description: 'Arquitectura, such as `x86_64`.' }),
    kind: t.field({ type: ImageKindEnum, description: 'How it is stored; MONOLITHIC when left out.' }),
    revision: t.int({ description: 'Revisión, from 1; it never goes back.' }),
    sizeBytes: t.field({ type: 'BigInt', description: 'Bytes that its data takes once restored.' }),
    softwareProfileId: t.id({ description: 'Perfil de software (SoftwareProfile) of what it contains.' }),
    sourceClientId: t.id({ description: 'Ordenador modelo: client (Client) it was captured from.' }),
    sourceDisk: t.int({ description: 'Disk that it was captured from, 1 to 64.' }),
    sourcePartition: t.int({ description: 'Partition that it was captured from, 1 to 128.' }),
    replicas: t.field({
      type: [ReplicaInput],
      description: 'Its copies in these repositories, at most 500; those in other repositories stay as they are.',
    }),
    ...commentsField(t),
  }),
});

declareAdministration({
  kind: COMMAND,
  words: 'Comando (Command)',
  cascade: 'clients that run it at their start run nothing then.',
  fields: (t, isNew) => ({
    ...nameField(t, isNew, 'among commands'),
    action: t.field({ type: ActionEnum, description: 'What it does; RUN_SCRIPT when left out.' }),
    script: t.string({ description: 'The script, at most 10000 characters; required for RUN_SCRIPT.' }),
    hasParameters: t.boolean({ description: 'Whether whoever runs it is asked for parameters.' }),
    description: t.string({ description: 'Descripción, at most 1000 characters.' }),
    ...commentsField(t),
  }),
});
