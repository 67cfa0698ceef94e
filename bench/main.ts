// `npm run bench`: all measurements, one after the other; `npm run bench -- reports` only one of them. BENCH_DATABASE_URL names a PostgreSQL
// server to measure on; the embedded database otherwise.
const MEASUREMENTS = {
  room: () => import('./measure-room.ts'),
  reports: () => import('./measure-reports.ts'),
  operation: () => import('./measure-operation.ts'),
  boots: () => import('./measure-boots.ts'),
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(MEASUREMENTS, name));
if (unknown.length > 0) {
  console.error(`no such measurement: ${unknown.join(', ')}; there are ${Object.keys(MEASUREMENTS).join(', ')}`);
  process.exit(2);
}
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (chosen.length === 0 || chosen.includes(name)) await measure();
}
