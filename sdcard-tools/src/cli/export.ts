import { grkIdOf, ok, printable } from '@ewon-agent/contracts';
import { reportSigned } from '../core/card-report.ts';
import { EXIT, type ExitStatus } from '../core/exit-status.ts';
import { type OnTaken, planExport, planSignedExport } from '../core/export-plan.ts';
import { checkNote } from '../core/t2m-txt.ts';
import { openTarget, type Target } from '../volume/target.ts';
import { type Form, json, sayFault } from './answer.ts';
import type { Io } from './io.ts';
import { type KeySource, takeKey } from './key-source.ts';
import { progressOn } from './progress.ts';
import { howReadBack } from './wipe.ts';

export type ExportRequest = {
  readonly target: string;
  readonly source: KeySource;
  readonly note: string;
  readonly onTaken: OnTaken;
};

/**
 * `sdcard export`: writes T2M.txt, and T2M.json where an account signs, onto a card, reads them back, and tells each step on stderr. The
 * key is asked for only when the target is there.
 */
export async function exportCard(io: Io, request: ExportRequest, form: Form): Promise<ExitStatus> {
  const note = checkNote(request.note);
  if (!note.ok) return sayFault(io, form, note.fault);
  const target = await openTarget(request.target, 'readWrite');
  if (!target.ok) return sayFault(io, form, target.fault);
  const written = await takeAndWrite(io, target.value, request, form);
  await target.value.close();
  if (!written.ok) return sayFault(io, form, written.fault);
  const { grk, t2mJson, removed } = written.value;
  const t2m = { grkId: grkIdOf(grk), note: request.note };
  const signed = t2mJson ? reportSigned(t2mJson) : null;
  const by = signed ? ` with the signature of ${signed.accountKeyFingerprint} for ${printable(signed.accountUrl)}` : '';
  io.stdout(
    form === 'json'
      ? json({ outcome: 'CARD_USABLE', t2m, signed, removed })
      : `CARD_USABLE: GRK id ${t2m.grkId} was written${by}; put the card into an unregistered Ewon\n`,
  );
  return EXIT.usable;
}

async function takeAndWrite(io: Io, target: Target, { source, note, onTaken }: ExportRequest, form: Form) {
  const taken = await takeKey(io, source, note);
  if (!taken.ok) return taken;
  io.stderr('reading what is on the card\n');
  const read = await target.read();
  const plan =
    'manifest' in taken.value ? planSignedExport(read, taken.value, onTaken) : planExport(read, taken.value, onTaken);
  if (!plan.ok) return plan;
  const { files, remove } = plan.value;
  for (const name of remove) io.stderr(`removing ${name}, which belonged to the former T2M.txt\n`);
  const names = files.map((f) => f.name).join(', ');
  io.stderr(`writing ${names}${target.device ? `; ${howReadBack(target.device)}` : ''}\n`);
  const written = await target.write(files, remove, progressOn(io, form, 'writing'));
  return written.ok ? ok({ t2mJson: undefined, ...taken.value, removed: remove }) : written;
}
