import { describeFault, printable, type Result } from '@ewon-agent/contracts';
import { type CardReport, reportCard } from '../core/card-report.ts';
import { type ExitStatus, exitStatusOf } from '../core/exit-status.ts';
import { openTarget } from '../volume/target.ts';
import { type Form, json, lines, sayFault, textOf } from './answer.ts';
import type { Io } from './io.ts';

/** `sdcard inspect`: says everything that may be said of a card. */
export async function inspect(io: Io, path: string, form: Form): Promise<ExitStatus> {
  const report = await reportTarget(path);
  if (!report.ok) return sayFault(io, form, report.fault);
  io.stdout(form === 'json' ? json(report.value) : describe(report.value));
  return exitStatusOf(report.value.outcome);
}

/** `sdcard verify`: one line, whether the card is usable or why not. */
export async function verify(io: Io, path: string, form: Form): Promise<ExitStatus> {
  const report = await reportTarget(path);
  if (!report.ok) return sayFault(io, form, report.fault);
  const { outcome, detail = '', next, t2m, signed } = report.value;
  if (form === 'json') io.stdout(json({ outcome, ...(next && { detail, next }) }));
  else if (next !== undefined) io.stdout(`${describeFault({ code: outcome, detail })}\n`);
  else
    io.stdout(
      `${outcome}: GRK id ${t2m?.grkId}, ${signed ? `signed by ${signed.accountKeyFingerprint}` : 'not signed'}\n`,
    );
  return exitStatusOf(outcome);
}

async function reportTarget(path: string): Promise<Result<CardReport>> {
  const target = await openTarget(path, 'readOnly');
  if (!target.ok) return target;
  const read = await target.value.read();
  await target.value.close();
  return { ok: true, value: reportCard(read) };
}

function describe(report: CardReport): string {
  const { outcome, detail, next, t2m, signed, files } = report;
  return lines([
    [
      'outcome',
      next === undefined ? `${outcome}: ${textOf(outcome)}` : describeFault({ code: outcome, detail: detail ?? '' }),
    ],
    ['GRK id', t2m?.grkId ?? '-'],
    ['note', t2m?.note || '-'],
    ['signed', signed ? `for ${signed.accountUrl}` : 'no'],
    ...(signed
      ? ([
          ['account key', signed.accountKeyFingerprint],
          ['valid', `from ${signed.notBefore}${signed.notAfter ? ` to ${signed.notAfter}` : ''}`],
          ['asks for', [signed.receipt && 'receipt', signed.wipe && 'wipe'].filter(Boolean).join(', ') || '-'],
        ] as const)
      : []),
    ['files', files.map((name) => printable(name)).join(', ') || '-'],
  ]);
}
