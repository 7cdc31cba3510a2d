import type { Form, Io } from './io.ts';

/** Shows on stderr how far a transfer has come: a line that is written over on a terminal, a line at each tenth otherwise, nothing beside JSON. */
export function progressOn(io: Io, form: Form, title: string, totalBytes?: number): (sentBytes: number) => void {
  if (form === 'json') return () => {};
  let shown = -1;
  return (sentBytes) => {
    // of a file whose length nobody says: a step is a MiB
    const step = totalBytes ? Math.floor((sentBytes / totalBytes) * 10) : Math.floor(sentBytes / 2 ** 20);
    if (io.terminal === 'no' && step <= shown) return;
    shown = step;
    const amount = `${(sentBytes / 1024).toFixed(0)} KiB`;
    const text = totalBytes
      ? `${title}: ${Math.floor((sentBytes / totalBytes) * 100)} % (${amount})`
      : `${title}: ${amount}`;
    const done = totalBytes !== undefined && sentBytes >= totalBytes;
    io.stderr(io.terminal === 'yes' ? `\r${text}${done ? '\n' : ''}` : `${text}\n`);
  };
}
