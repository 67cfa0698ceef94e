/** What a list without pages counts as where nothing else is said here. */
export const USUAL_LIST_SIZE = 10;

/** Lists without pages that are usually shorter or longer, by type and field: generous, and not the longest that is possible. */
export const LIST_SIZES: Readonly<Record<string, number>> = {
  'Center.deployedImages': 20,
  'Client.disks': 4,
  'Client.partitions': 16,
  'DeploymentPlan.clients': 100,
  'Disk.partitions': 8,
  'ImportClientsPayload.rows': 100,
  'OperationPlan.clients': 100,
  'Room.deployedImages': 5,
};
