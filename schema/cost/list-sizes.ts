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

/**
 * Pages of what is inside of something else, by type and field: however long a page is asked for, a house has no more of it than that, or
 * hardly ever. Without this the plainest question of all, for the machines of all rooms, would count as millions.
 */
export const INNER_PAGE_SIZES: Readonly<Record<string, number>> = {
  'Query.centers': 10,
  'Center.rooms': 20,
  'Center.roomGroups': 10,
  'RoomGroup.rooms': 10,
  'Room.clients': 30,
  'Room.groups': 5,
  'ClientGroup.clients': 15,
  'Client.traces': 50,
  'Partition.cachedImages': 10,
};
