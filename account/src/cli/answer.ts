import { CODES, type Code, describeFault, type Fault, printable, type Result } from '@ewon-agent/contracts';
import { EXIT, type ExitStatus, type Form, type Io } from './io.ts';

/** Codes that say that a part is broken or away, not that the account said no. */
const BROKEN: readonly Code[] = ['ACCOUNT_ERROR', 'ACCOUNT_NOT_RUNNING', 'ACCOUNT_UNREACHABLE', 'UPLINK_UNREACHABLE'];

/** Says a fault on stderr, or as JSON on stdout. */
export function sayFault(io: Io, form: Form, fault: Fault): ExitStatus {
  const { code, detail } = fault;
  const { text, next } = CODES[code];
  if (form === 'json') io.stdout(`${JSON.stringify({ code, text, detail, next })}\n`);
  else io.stderr(`${describeFault(fault)}\n`);
  if (code === 'USAGE') return EXIT.usage;
  return BROKEN.includes(code) ? EXIT.broken : EXIT.refused;
}

/** Says what was answered: as JSON, or in words. */
export function say<T>(io: Io, form: Form, result: Result<T>, inWords: (value: T) => string): ExitStatus {
  if (!result.ok) return sayFault(io, form, result.fault);
  io.stdout(form === 'json' ? `${JSON.stringify(result.value)}\n` : `${inWords(result.value)}\n`);
  return EXIT.done;
}

/** A table of text with aligned columns; what comes from outside is made harmless. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = [head, ...rows].map((row) => row.map((cell) => printable(cell, 60)));
  const widths = head.map((_, i) => Math.max(...shown.map((row) => row[i]?.length ?? 0)));
  return shown
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
