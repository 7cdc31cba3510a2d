import { readSync, writeSync } from 'node:fs';
import type { OutboxPort } from '@ewon-agent/contracts';
import { openSqliteOutbox } from '../adapters/outbox-sqlite.ts';

// A process that appends, removes and takes numbers, and says what it is about to do and what came of it. Tests kill
// it. With the word `asks` it waits for a byte on stdin after each line, so that whoever hears the line knows what the disk has got until
// then. Lines: `epoch EPOCH`, `opened SALVAGED CODE`, `append GROUP SIZE`, `appended GROUP OUTCOME SEQ…`, `remove EPOCH FROM TO`, `removed EPOCH FROM TO OUTCOME`, `seq SEQ`.

const [path = '', first = '1', steps = '1000000', asks] = process.argv.slice(2);

/** How many messages the n-th group has; every eighth is large enough to be several pages. */
export function sizeOfGroup(group: number): number {
  return group % 8 === 0 ? 300 : 1 + ((group * 7) % 20);
}

/** Writes groups, says it line by line, and closes. */
export function writeGroups(
  outbox: OutboxPort,
  { first, steps }: { readonly first: number; readonly steps: number },
  say: (line: string) => void,
): void {
  say(`epoch ${outbox.epoch}`);
  say(`opened ${outbox.opened.salvaged} ${outbox.opened.damage?.code ?? 'sound'}`);
  for (let group = first; group < first + steps; group += 1) {
    const seq = outbox.nextSeq();
    if (seq.ok) say(`seq ${seq.value}`);
    const size = sizeOfGroup(group);
    const text = 'x'.repeat(group % 300);
    const kind = group % 5 === 0 ? 'event' : 'telemetry';
    say(`append ${group} ${size}`);
    const messages = Array.from({ length: size }, (_, i) => JSON.stringify({ group, size, i, text }));
    const done = outbox.append(messages.map((body) => ({ kind, atMs: group, body })));
    if (done.ok) say(`appended ${group} ok ${done.value.map((entry) => entry.seq).join(' ')}`);
    else say(`appended ${group} ${done.fault.code}`);
    const oldest = group % 3 === 0 ? outbox.waiting(0, 1)[0] : undefined;
    if (!oldest) continue;
    const range = `${oldest.epoch} ${oldest.seq} ${oldest.seq + 10}`;
    say(`remove ${range}`);
    const removed = outbox.remove(oldest.epoch, [[oldest.seq, oldest.seq + 10]]);
    say(`removed ${range} ${removed.ok ? 'ok' : removed.fault.code}`);
  }
  outbox.close();
  say('closed');
}

if (path !== '') {
  const outbox = openSqliteOutbox(path, () => Date.now());
  writeGroups(outbox, { first: Number(first), steps: Number(steps) }, (line) => {
    writeSync(1, `${line}\n`);
    if (asks === 'asks') readSync(0, Buffer.alloc(1));
  });
}
