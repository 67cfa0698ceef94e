/** Everything ogGui's menu can make a client do. */
const ACTIONS = [
  'DEPLOY_IMAGE',
  'CREATE_IMAGE',
  'DELETE_CACHED_IMAGE',
  'PARTITION_AND_FORMAT',
  'SOFTWARE_INVENTORY',
  'HARDWARE_INVENTORY',
  'RUN_SCRIPT',
  'POWER_ON',
  'POWER_OFF',
  'REBOOT',
  'START_SESSION',
] as const;

export type Action = (typeof ACTIONS)[number];
