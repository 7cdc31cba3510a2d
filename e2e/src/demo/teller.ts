/** Tells a story in the terminal as it happens: seconds since the start, who, what. */
export type Teller = { say(who: string, what: string): void; plain(text: string): void };

/** Makes a teller. Colour only where somebody looks. */
export function createTeller(out: NodeJS.WriteStream): Teller {
  const startedMs = performance.now();
  const dim = (text: string) => (out.isTTY ? `\x1b[2m${text}\x1b[22m` : text);
  const bold = (text: string) => (out.isTTY ? `\x1b[1m${text}\x1b[22m` : text);
  return {
    say(who, what) {
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(2).padStart(7);
      out.write(`${dim(`${seconds} s`)}  ${bold(who.padEnd(8))} ${what}\n`);
    },
    plain: (text) => void out.write(`${text}\n`),
  };
}
