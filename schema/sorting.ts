/** By name, and by id among equals: an order that is total, so that no page repeats or skips a row. */
export const byName = { orderBy: [{ name: 'asc' as const }, { id: 'asc' as const }] };

/** Newest first. Ids are time-ordered UUIDs, so the id alone is the order of creation. */
export const newestFirst = { orderBy: { id: 'desc' as const } };
