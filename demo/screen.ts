import { styleText } from 'node:util';

/** What the demo shows in the terminal; colours only where there is one. */
export interface Screen {
  step: (title: string) => void;
  say: (text: string) => void;
  document: (text: string) => void;
  /** Redraws one line in a terminal, and prints a new one elsewhere. */
  progress: (label: string, percent: number) => void;
  done: (text: string) => void;
  failed: (text: string) => void;
}

const BAR_WIDTH = 40;

export function createScreen(out: NodeJS.WriteStream): Screen {
  const line = (text: string) => out.write(`${text}\n`);
  let number = 0;
  let drawing = false;
  const endDrawing = () => {
    if (drawing) out.write('\n');
    drawing = false;
  };
  const indent = (text: string) => text.replaceAll(/^/gm, '    ');
  return {
    step(title) {
      endDrawing();
      number += 1;
      line(`\n${styleText(['bold', 'cyan'], `${number}. ${title}`, { stream: out })}`);
    },
    say(text) {
      endDrawing();
      line(`   ${text}`);
    },
    document(text) {
      endDrawing();
      line(styleText('dim', `\n${indent(text)}\n`, { stream: out }));
    },
    progress(label, percent) {
      const filled = Math.round((percent / 100) * BAR_WIDTH);
      const text = `   ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${String(percent).padStart(3)} %  ${label}`;
      if (!out.isTTY) return void line(text);
      out.write(`\r\u001B[2K${text}`);
      drawing = true;
    },
    done(text) {
      endDrawing();
      line(`   ${styleText('green', '✓', { stream: out })} ${text}`);
    },
    failed(text) {
      endDrawing();
      line(`\n${styleText('red', '✗', { stream: out })} ${text}`);
    },
  };
}
