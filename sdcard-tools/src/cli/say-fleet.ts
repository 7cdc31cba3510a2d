import { CODES, type Code, describeFault, type GrkId, printable } from '@ewon-agent/contracts';
import type { RowFault } from '../core/fleet.ts';
import { type Form, json } from './answer.ts';
import type { Io } from './io.ts';

/** An image that was made: never the key. `signed`: the account that its T2M.json names. */
export type MadeImage = {
  readonly line: number;
  readonly file: string;
  readonly grkId: GrkId;
  readonly note: string;
  readonly signed: string | null;
};

export type FleetOutcome = {
  readonly outcome: Extract<Code, 'FLEET_MADE' | 'FLEET_REFUSED' | 'FLEET_INCOMPLETE'>;
  readonly out: string;
  readonly made: readonly MadeImage[];
  readonly faults: readonly RowFault[];
};

/** Says what became of a list: each fault with its line, then how many images there are. */
export function sayFleet(io: Io, form: Form, { outcome, out, made, faults }: FleetOutcome): void {
  if (form === 'json') {
    const told = faults.map(({ line, fault: { code, detail } }) => ({
      line,
      outcome: code,
      detail,
      next: CODES[code].next,
    }));
    io.stdout(json({ outcome, out, made, faults: told, next: CODES[outcome].next }));
    return;
  }
  for (const { line, fault } of faults) io.stderr(`line ${line}: ${describeFault(fault)}\n`);
  const count = `${made.length} ${made.length === 1 ? 'image' : 'images'} in ${printable(out)}`;
  const said = `${describeFault({ code: outcome, detail: outcome === 'FLEET_REFUSED' ? `${faults.length} of them` : count })}\n`;
  if (outcome === 'FLEET_MADE') io.stdout(said);
  else io.stderr(said);
}
