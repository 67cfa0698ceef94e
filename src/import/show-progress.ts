import type { Locale } from '#lib/locale.ts';
import type { OnProgress, Phase } from './import-dump.ts';

const LABELS: Record<Phase, Readonly<Record<Locale, string>>> = {
  read: { es: 'Leyendo el volcado', en: 'Reading the dump' },
  plan: { es: 'Comparando con lo que hay', en: 'Comparing with what is here' },
  write: { es: 'Escribiendo', en: 'Writing' },
};
const WIDTH = 30;
const MIB = 1024 ** 2;
/** Often enough to be seen moving. */
const REDRAW_MS = 80;

/**
 * Shows how far an import has come: a bar for each phase on a terminal, and a line for each elsewhere.
 *
 * @returns what to call with the progress, and a function that ends the last bar.
 */
export function createProgressDisplay(out: NodeJS.WriteStream, locale: Locale): { show: OnProgress; end: () => void } {
  let current: Phase | undefined;
  let line = '';
  let drawnAt = Number.NEGATIVE_INFINITY;

  const draw = () => {
    out.write(`\r\u001B[2K${line}`);
    drawnAt = performance.now();
  };
  const end = () => {
    if (current === undefined) return;
    if (out.isTTY) draw();
    out.write(out.isTTY ? '\n' : `${line}\n`);
    current = undefined;
  };
  return {
    show(phase, done, total, step) {
      if (phase !== current) {
        end();
        current = phase;
        drawnAt = Number.NEGATIVE_INFINITY;
      }
      line = formatProgress(LABELS[phase][locale], phase, done, total, step);
      if (out.isTTY && performance.now() - drawnAt >= REDRAW_MS) draw();
    },
    end,
  };
}

function formatProgress(
  label: string,
  phase: Phase,
  done: number,
  total: number | null,
  step: string | undefined,
): string {
  const amount = phase === 'read' ? `${(done / MIB).toFixed(1)} MiB` : `${done}${total === null ? '' : `/${total}`}`;
  if (total === null || total === 0) return `${label}: ${amount}`;
  const share = Math.min(done / total, 1);
  const filled = Math.round(share * WIDTH);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
  const place = step === undefined || share === 1 ? '' : ` ${step}`;
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${label}: ${amount}${place}`;
}
