import { asciiJson, CODES, type Code, describeFault, type Fault, printable } from '@ewon-agent/contracts';
import { type ExitStatus, exitStatusOf } from '../core/exit-status.ts';
import type { Io } from './io.ts';

/** How the answer of a command is written. */
export type Form = 'text' | 'json';

/** Says a fault: as JSON on stdout, or as a sentence on stderr. Returns the exit status. */
export function sayFault(io: Io, form: Form, fault: Fault): ExitStatus {
  if (form === 'json') io.stdout(json({ outcome: fault.code, detail: fault.detail, next: CODES[fault.code].next }));
  else io.stderr(`${describeFault(fault)}\n`);
  return exitStatusOf(fault.code);
}

/** Writes one line of JSON in pure ASCII, so that no text from a card can play with a terminal. */
export function json(value: unknown): string {
  return `${asciiJson(JSON.stringify(value))}\n`;
}

/** Writes `label  value` lines; what comes from a card is made harmless. */
export function lines(pairs: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([label]) => label.length));
  return pairs.map(([label, value]) => `${label.padEnd(width)}  ${printable(value)}\n`).join('');
}

/** The sentence of an outcome without its next step. */
export function textOf(code: Code): string {
  return CODES[code].text;
}
