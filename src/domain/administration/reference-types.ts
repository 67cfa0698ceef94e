/** Everything that a field can be an id of, and the table it is in. */
export const REFERENCE_TABLES = {
  Center: 'centers',
  RoomGroup: 'room_groups',
  Room: 'rooms',
  ClientGroup: 'client_groups',
  Client: 'clients',
  Subnet: 'subnets',
  Repository: 'repositories',
  Image: 'images',
  OgLive: 'og_lives',
  Menu: 'menus',
  PxeTemplate: 'pxe_templates',
  Command: 'commands',
  HardwareProfile: 'hardware_profiles',
  SoftwareProfile: 'software_profiles',
  Blackout: 'blackouts',
} as const;

export type ReferenceType = keyof typeof REFERENCE_TABLES;
