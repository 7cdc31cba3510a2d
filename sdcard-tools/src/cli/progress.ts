import type { Progress } from '../volume/commit.ts';
import type { Form } from './answer.ts';
import type { Io } from './io.ts';

const BAR_CHARACTERS = 30;

/**
 * Shows on stderr how far a piece of work has come: a bar on a terminal, a line at each tenth otherwise, nothing beside JSON.
 * What is done at once shows nothing but its end.
 */
export function progressOn(io: Io, form: Form, title: string): Progress {
  if (form === 'json') return () => {};
  let shown = -1;
  return ({ done, total }) => {
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    const step = io.terminal === 'yes' ? percent : percent - (percent % 10);
    if (step <= shown) return;
    shown = step;
    if (io.terminal === 'no') {
      io.stderr(`${title}: ${step} %\n`);
      return;
    }
    const full = Math.round((percent / 100) * BAR_CHARACTERS);
    const bar = '#'.repeat(full).padEnd(BAR_CHARACTERS, '.');
    io.stderr(`\r${title} [${bar}] ${String(percent).padStart(3)} %${percent === 100 ? '\n' : ''}`);
  };
}
