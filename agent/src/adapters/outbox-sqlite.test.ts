import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OutboxPort } from '@ewon-agent/contracts';
import { outboxMessage, outboxSuite } from '@ewon-agent/contracts/suites/outbox-suite';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { openSqliteOutbox } from './outbox-sqlite.ts';
import { isLocked } from './sqlite-file.ts';

const now = () => Date.UTC(2026, 2, 1);
const PAGE = 4096;

/** A directory for one outbox, which moves on when the power is cut. */
function place() {
  const dirs = [mkdtempSync(join(tmpdir(), 'outbox-'))];
  const left: OutboxPort[] = [];
  let opened: OutboxPort | undefined;
  const dir = () => dirs.at(-1) ?? '';
  const path = () => join(dir(), 'outbox.db');
  return {
    dir,
    path,
    open() {
      opened = openSqliteOutbox(path(), now);
      return opened;
    },
    /** What the files are at this moment is what is there afterwards; the process that had them open sees others. */
    cutPower() {
      const next = mkdtempSync(join(tmpdir(), 'outbox-'));
      cpSync(dir(), next, { recursive: true });
      dirs.push(next);
      if (opened) left.push(opened);
    },
    close() {
      for (const outbox of left) outbox.close();
      for (const each of dirs) rmSync(each, { recursive: true });
    },
  };
}

/** Overwrites one page, so that it is none any more. Numbered from 1, as SQLite does. */
function spoilPage(path: string, page: number): void {
  writeFileSync(path, readFileSync(path).fill(0xa5, (page - 1) * PAGE, page * PAGE));
}

/** How large a file this process may write: above it a write fails as on a full disk. */
function limitFiles(bytes: number | 'unlimited'): void {
  process.on('SIGXFSZ', () => {}); // else the process ends where the write would fail
  execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:`]);
}

outboxSuite('outbox of SQLite', () => {
  const { dir, path, open, cutPower, close } = place();
  return {
    open,
    cutPower,
    close,
    keepEvents: 1000,
    spoil(how) {
      const { size } = statSync(path());
      if (how === 'damaged') writeFileSync(path(), Buffer.alloc(size, 'not a database '));
      if (how === 'partly') for (const at of [0.3, 0.5, 0.7]) spoilPage(path(), Math.ceil((size / PAGE) * at));
      if (how === 'lost') for (const name of readdirSync(dir())) rmSync(join(dir(), name));
    },
    keepsDamaged: () => readdirSync(dir()).some((name) => /^outbox\.db\.damaged-2026-03-01T000000000Z$/.test(name)),
    fill: (disk) => limitFiles(disk === 'full' ? statSync(`${path()}-wal`).size + PAGE : 'unlimited'),
  };
});

suite('outbox of SQLite, the file', { timeoutMs: 60_000 }, (test) => {
  test('a second outbox on the same file is refused as locked, and the first goes on', () => {
    const { open, close } = place();
    const outbox = open();
    assert.throws(open, isLocked);
    assertOk(outbox.append([outboxMessage(1)]));
    outbox.close();
    close();
  });

  test('a directory that is not there is thrown at once, and is no damage', () => {
    assert.throws(
      () => openSqliteOutbox(join(tmpdir(), 'missing', 'outbox.db'), now),
      (cause) => !isLocked(cause),
    );
  });

  test('a number costs no write but once in a thousand; a call of append costs one, however large', () => {
    const { open, close } = place();
    const outbox = open();
    const before = outbox.written().commits;
    for (let n = 0; n < 2000; n += 1) assertOk(outbox.nextSeq());
    assert.equal(outbox.written().commits - before, 2);
    assertOk(outbox.append(Array.from({ length: 900 }, (_, n) => outboxMessage(n))));
    assert.equal(outbox.written().commits - before, 3);
    outbox.close();
    close();
  });

  test('what was removed or given up leaves room that is used again: the file does not grow', () => {
    const { open, close, path } = place();
    const outbox = open();
    const body = JSON.stringify({ text: 'x'.repeat(1000) });
    const roundBytes = 2000 * body.length;
    for (let round = 0; round < 12; round += 1) {
      for (let n = 0; n < 2000; n += 200) {
        assertOk(
          outbox.append(
            Array.from({ length: 200 }, (_, i) => ({ kind: i % 50 ? 'telemetry' : 'event', atMs: n, body })),
          ),
        );
      }
      if (round % 2 === 0) assertOk(outbox.remove(outbox.epoch, [[1, 1_000_000]]));
      else assertOk(outbox.drop(outbox.waiting(0, 10_000).map((entry) => entry.place)));
      const [file, log] = [statSync(path()).size, statSync(`${path()}-wal`).size];
      assert.ok(file <= roundBytes * 1.6, `round ${round}: ${file} bytes for ${roundBytes}`);
      assert.ok(log <= 8 * 1024 * 1024, `round ${round}: a log of ${log} bytes`);
    }
    outbox.close();
    assert.ok(statSync(path()).size > roundBytes / 2);
    close();
  });
});
