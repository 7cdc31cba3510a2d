import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../adapters/store-sqlite.ts';

// A process that saves without end and says after each save what came of it: `n outcome`. Tests kill it.

const [path = '', first = '1', count = '1000000'] = process.argv.slice(2);

/** The n-th document; its size differs from that of the one before, so that pages come and go. */
export function documentNumber(n: number): string {
  const fill = createHash('sha256')
    .update(`${n}`)
    .digest('hex')
    .repeat(1 + ((n * 37) % 400));
  return JSON.stringify({ n, fill, hash: createHash('sha256').update(`${n}${fill}`).digest('hex') });
}

if (path !== '') {
  const store = openSqliteStore(path, () => Date.now());
  const from = Number(first);
  for (let n = from; n < from + Number(count); n += 1) {
    const saved = store.save(documentNumber(n));
    writeSync(1, `${n} ${saved.ok ? 'ok' : saved.fault.code}\n`);
  }
  store.close();
}
