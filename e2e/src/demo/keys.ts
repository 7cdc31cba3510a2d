/** Hears single keys where a person sits at a terminal; elsewhere nothing. @returns ends it and gives the terminal back */
export function hearKeys(terminal: NodeJS.ReadStream, heard: (key: string) => void): () => void {
  if (!terminal.isTTY) return () => {};
  const listen = (chunk: Buffer) => heard(chunk.toString('utf8').toLowerCase());
  terminal.setRawMode(true);
  terminal.on('data', listen);
  return () => {
    terminal.off('data', listen);
    terminal.setRawMode(false);
    terminal.pause();
  };
}

/** What Ctrl-C is in raw mode. */
export const CTRL_C = '\u0003';
