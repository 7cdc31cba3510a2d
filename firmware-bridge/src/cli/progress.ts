import type { Form, Io } from './io.ts';

/** Tells how far a transfer has come; `end` is called when it is over, however it went. */
export type Progress = { onBytes(sentBytes: number): void; end(): void };

/** Shows progress on stderr: a line that is written over on a terminal, a line at each tenth (or MiB) otherwise, nothing beside JSON. */
export function progressOn(io: Io, form: Form, title: string, totalBytes?: number): Progress {
  if (form === 'json') return { onBytes: () => {}, end: () => {} };
  let shown = -1;
  let open: 'yes' | 'no' = 'no';
  return {
    onBytes(sentBytes) {
      const step = totalBytes ? Math.floor((sentBytes / totalBytes) * 10) : Math.floor(sentBytes / 2 ** 20);
      if (io.terminal === 'no' && step <= shown) return;
      shown = step;
      const percent = totalBytes ? `${Math.floor((sentBytes / totalBytes) * 100)} %, ` : '';
      const text = `${title}: ${percent}${(sentBytes / 1024).toFixed(0)} KiB`;
      io.stderr(io.terminal === 'yes' ? `\r${text}` : `${text}\n`);
      open = io.terminal;
    },
    end() {
      if (open === 'yes') io.stderr('\n');
    },
  };
}
