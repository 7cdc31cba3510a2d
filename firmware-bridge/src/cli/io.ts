import { asciiJson, CODES, type Code, describeFault, type Fault, printable, withoutGrks } from '@ewon-agent/contracts';

/** Where a command speaks and listens: records go to `stdout`, progress and faults to `stderr`. */
export type Io = {
  readonly stdin: AsyncIterable<unknown>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stderr is a terminal, which can show a bar. */
  readonly terminal: 'yes' | 'no';
  stdout(text: string): void;
  stderr(text: string): void;
};
/** How the answer of a command is written. */
export type Form = 'text' | 'json';

/** What the `ewon-bridge` command exits with. */
export const EXIT = { allRead: 0, machineFailed: 1, wrongUse: 2, refused: 3 } as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** Says a fault: as JSON on stdout, or as a sentence on stderr. Returns the exit status. */
export function sayFault(io: Io, form: Form, { code, detail: met }: Fault): ExitStatus {
  const detail = withoutGrks(met); // an Ewon may have written one into its events
  if (form === 'json') io.stdout(json({ outcome: code, detail, next: CODES[code].next }));
  else io.stderr(`${describeFault({ code, detail })}\n`);
  return exitStatusOf(code);
}

/** Writes one line of JSON in pure ASCII, so that no text from a device can play with a terminal. */
export function json(value: unknown): string {
  return `${asciiJson(JSON.stringify(value))}\n`;
}

/** Writes `label  value` lines; what comes from an Ewon is made harmless. */
export function lines(pairs: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(0, ...pairs.map(([label]) => label.length));
  return pairs.map(([label, value]) => `${printable(label).padEnd(width)}  ${printable(value)}\n`).join('');
}

function exitStatusOf(code: Code): ExitStatus {
  if (code === 'USAGE') return EXIT.wrongUse;
  return MACHINE_FAILED.includes(code) ? EXIT.machineFailed : EXIT.refused;
}

/** What may go well the next time, as nobody has said no. */
const MACHINE_FAILED: readonly Code[] = [
  'EWON_UNREACHABLE',
  'EWON_TIMED_OUT',
  'EWON_BUSY',
  'EWON_PASSWORD_UNREADABLE',
  'LOCAL_FILE_BAD',
];
