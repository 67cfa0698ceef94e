/** What /metrics says, by name and labels as they are written there. */
export async function readMetrics(graphqlUrl: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(graphqlUrl.replace('/graphql', '/metrics'));
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
