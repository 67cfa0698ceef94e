import { describe, expect, it } from 'vitest';
import { createProgressDisplay } from '#import/show-progress.ts';

function watch(isTTY: boolean) {
  let written = '';
  const out = { isTTY, write: (text: string) => (written += text) } as unknown as NodeJS.WriteStream;
  const { show, end } = createProgressDisplay(out, 'en');
  return { show, end, written: () => written };
}

describe('the progress of an import', () => {
  it('is one line for each phase where nobody watches', () => {
    const { show, end, written } = watch(false);
    show('read', 512 * 1024, 2 * 1024 ** 2);
    show('read', 2 * 1024 ** 2, 2 * 1024 ** 2);
    show('write', 500, 1000, 'clients');
    show('write', 1000, 1000, 'imported');
    end();
    end();
    expect(written().split('\n')).toEqual([
      `${'█'.repeat(30)} 100 %  Reading the dump: 2.0 MiB`,
      `${'█'.repeat(30)} 100 %  Writing: 1000/1000`,
      '',
    ]);
  });

  it('is a bar that is drawn over on a terminal, and ends as it came to be', () => {
    const { show, end, written } = watch(true);
    show('write', 250, 1000, 'clients');
    show('write', 1000, 1000, 'imported');
    end();
    const drawings = written().split('\r\u001B[2K').slice(1);
    expect(drawings[0]).toBe(`${'█'.repeat(8)}${'░'.repeat(22)}  25 %  Writing: 250/1000 clients`);
    expect(drawings.at(-1)).toBe(`${'█'.repeat(30)} 100 %  Writing: 1000/1000\n`);
  });

  it('says how much there was where the end is not known', () => {
    const { show, end, written } = watch(false);
    show('read', 3 * 1024 ** 2, null);
    end();
    expect(written()).toBe('Reading the dump: 3.0 MiB\n');
  });
});
