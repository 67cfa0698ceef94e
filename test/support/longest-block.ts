/** How long, at the most, this process did nothing else while something was waited for. */
export async function longestBlock(run: () => Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const at = performance.now();
    longestMs = Math.max(longestMs, at - last);
    last = at;
  }, 5);
  await run();
  clearInterval(timer);
  return Math.max(longestMs, performance.now() - last);
}
