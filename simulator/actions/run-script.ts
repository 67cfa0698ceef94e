import type { EngineWork } from './engine-work.ts';
import { pretendScript } from './pretend-script.ts';
import { readOrder } from './read-order.ts';

/** EjecutarScript: runs the lines of `scp`, which is URL-encoded. */
export function runScript(body: unknown): EngineWork {
  const { scp, ids } = readOrder(body, 'EjecutarScript', ['scp']);
  const script = decode(scp);
  const { output, exitCode, durationMs } = pretendScript(script);
  let hasRun = false;
  return {
    ids,
    extraMs: durationMs,
    finish({ ranScripts }) {
      hasRun = true;
      ranScripts.push({ script, output, exitCode });
      return exitCode === 0 ? null : `${String(exitCode).padStart(3, '0')}-El script terminó con el código ${exitCode}`;
    },
    result: (pc) => ({ cfg: pc.layout(), output: hasRun ? output : '' }),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('scp is not URL-encoded');
  }
}
