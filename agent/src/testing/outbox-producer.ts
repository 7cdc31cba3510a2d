import { writeSync } from 'node:fs';
import { createSystemClock } from '../adapters/clock-system.ts';
import { openSqliteOutbox } from '../adapters/outbox-sqlite.ts';
import { createOutbox } from '../shell/outbox.ts';

// A process that has telemetry accepted without end, as fast as the disk takes it, and says which was: `SEQ N` a line.
// Tests kill it: what it said must arrive at the account.

const [path = '', outstanding = '500'] = process.argv.slice(2);

const port = openSqliteOutbox(path, () => Date.now());
const outbox = createOutbox({ port, clock: createSystemClock(), dropped: () => {}, damaged: () => {} });
let n = 0;

async function produce(): Promise<void> {
  for (;;) {
    n += 1;
    const mine = n;
    const atMs = Date.now();
    const body = { at: new Date(atMs).toISOString(), samples: [{ tag: 'n', value: mine }] };
    const accepted = await outbox.accept({ kind: 'telemetry', atMs, body: JSON.stringify(body) });
    if (!accepted.ok) throw new Error(accepted.fault.code);
    writeSync(1, `${accepted.value.seq} ${mine}\n`);
  }
}

await Promise.all(Array.from({ length: Number(outstanding) }, produce));
