import { grkIdOf, type Result } from '@ewon-agent/contracts';
import { EXIT, type ExitStatus } from '../core/exit-status.ts';
import { type OnTaken, planExport } from '../core/export-plan.ts';
import { openTarget, type Target } from '../volume/target.ts';
import { type Form, json, sayFault } from './answer.ts';
import type { Io } from './io.ts';
import { readKeyFile } from './key-file.ts';

export type ExportRequest = {
  readonly target: string;
  readonly keyFile: string;
  readonly note: string;
  readonly onTaken: OnTaken;
};

/** `sdcard export`: writes T2M.txt onto a card, reads it back, and tells each step on stderr. */
export async function exportCard(io: Io, request: ExportRequest, form: Form): Promise<ExitStatus> {
  const grk = await readKeyFile(request.keyFile, io.stdin);
  if (!grk.ok) return sayFault(io, form, grk.fault);
  const target = await openTarget(request.target, 'readWrite');
  if (!target.ok) return sayFault(io, form, target.fault);
  const written = await write(io, target.value, { ...request, grk: grk.value });
  await target.value.close();
  if (!written.ok) return sayFault(io, form, written.fault);
  const grkId = grkIdOf(grk.value);
  io.stdout(
    form === 'json'
      ? json({ outcome: 'CARD_USABLE', t2m: { grkId, note: request.note }, signed: null, removed: written.value })
      : `CARD_USABLE: GRK id ${grkId} was written; put the card into an unregistered Ewon\n`,
  );
  return EXIT.usable;
}

/** @returns the names of the files that were removed */
async function write(
  io: Io,
  target: Target,
  wanted: ExportRequest & { readonly grk: Parameters<typeof grkIdOf>[0] },
): Promise<Result<readonly string[]>> {
  io.stderr('reading what is on the card\n');
  const plan = planExport(await target.read(), wanted, wanted.onTaken);
  if (!plan.ok) return plan;
  const { files, remove } = plan.value;
  for (const name of remove) io.stderr(`removing ${name}, which belonged to the former T2M.txt\n`);
  io.stderr(`writing ${files.map((f) => f.name).join(', ')}\n`);
  const written = await target.write(files, remove);
  return written.ok ? { ok: true, value: remove } : written;
}
