import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { OutboxMessage, OutboxPort } from '@ewon-agent/contracts';
import { numbersOf, outboxMessage } from '@ewon-agent/contracts/suites/outbox-suite';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { openSqliteOutbox } from './outbox-sqlite.ts';

const now = () => Date.UTC(2026, 2, 1);
const PAGE = 4096;
const COUNT = 1500;

/** A closed outbox of 1,500 telemetry messages, 20 alarms and an event that was sent. `padding` makes them larger. */
function filled(padding = 0) {
  const dir = mkdtempSync(join(tmpdir(), 'outbox-'));
  const path = join(dir, 'outbox.db');
  const outbox = openSqliteOutbox(path, now);
  assertOk(outbox.append([outboxMessage(0, 'event')]));
  assertOk(outbox.remove(outbox.epoch, [[1, 1]]));
  for (let n = 1; n <= COUNT; n += 50)
    assertOk(outbox.append(Array.from({ length: 50 }, (_, i) => padded(n + i, padding))));
  assertOk(outbox.append(Array.from({ length: 20 }, (_, i) => outboxMessage(COUNT + 1 + i, 'alarm'))));
  const { epoch } = outbox;
  outbox.close();
  return {
    dir,
    path,
    epoch,
    whole: readFileSync(path),
    open: () => openSqliteOutbox(path, now),
    remove: () => rmSync(dir, { recursive: true }),
  };
}

function padded(n: number, padding: number): OutboxMessage {
  return padding === 0
    ? outboxMessage(n)
    : { ...outboxMessage(n), body: JSON.stringify({ n, text: 'x'.repeat(padding) }) };
}

/** Overwrites a page of a file, numbered from 1 as SQLite does; in place, so that whoever has it open meets it. */
function spoilPage(path: string, page: number, fill = 0xa5): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.alloc(PAGE, fill), 0, PAGE, (page - 1) * PAGE);
  closeSync(fd);
}

/** Which table a page belongs to, and whether it is its root. */
function pagesOf(path: string) {
  const db = new DatabaseSync(path);
  const pages = db.prepare('SELECT pageno, name, path, pagetype, ncell FROM dbstat').all();
  db.close();
  return pages.map(({ pageno, name, path: at, pagetype, ncell }) => ({
    page: Number(pageno),
    rows: Number(ncell),
    table: String(name),
    isRoot: at === '/',
    isLeaf: pagetype === 'leaf',
  }));
}

const waiting = (outbox: OutboxPort) => outbox.waiting(0, 10_000);

suite('outbox of SQLite, damage', { timeoutMs: 60_000 }, (test) => {
  test('a leaf that cannot be read costs the messages in it and no others, whichever it is', () => {
    const { path, whole, epoch, open, remove } = filled();
    const leaves = pagesOf(path).filter(({ table, isLeaf, isRoot }) => table === 'telemetry' && isLeaf && !isRoot);
    assert.ok(leaves.length > 20);
    for (const { page, rows } of leaves.filter((_, i) => i % 3 === 0 || i === leaves.length - 1)) {
      writeFileSync(path, whole);
      spoilPage(path, page);
      const outbox = open();
      const entries = waiting(outbox);
      assert.equal(outbox.opened.damage?.code, 'OUTBOX_DAMAGED');
      assert.ok(entries.every((entry) => entry.epoch === epoch));
      assert.deepEqual(numbersOf(outbox.recentEvents(100)), [
        0,
        ...Array.from({ length: 20 }, (_, i) => COUNT + 1 + i),
      ]);
      assert.equal(COUNT + 20 - entries.length, rows, `page ${page}`);
      outbox.close();
    }
    remove();
  });

  test('a first page that cannot be read costs nothing: it is the same in every outbox', () => {
    const { dir, path, whole, epoch, open, remove } = filled();
    for (const [from, to] of [
      [0, PAGE],
      [0, 100],
      [100, PAGE],
      [2000, PAGE],
    ] as const) {
      for (const name of readdirSync(dir)) rmSync(join(dir, name));
      writeFileSync(path, Buffer.from(whole).fill(0xa5, from, to));
      const outbox = open();
      assert.equal(outbox.opened.salvaged, COUNT + 20, `${from} to ${to}`);
      assert.ok(waiting(outbox).every((entry) => entry.epoch === epoch));
      outbox.close();
      assert.ok(readdirSync(dir).includes('outbox.db.damaged-2026-03-01T000000000Z'));
    }
    remove();
  });

  test('any page overwritten by anything: opened somehow, and what comes next is kept', () => {
    const { path, whole, dir, open, remove } = filled();
    for (let page = 1; page <= whole.length / PAGE; page += page < 12 ? 1 : 3) {
      for (const fill of page < 12 ? [0x00, 0xff, 0x41] : [0x00]) {
        for (const name of readdirSync(dir)) rmSync(join(dir, name));
        writeFileSync(path, whole);
        spoilPage(path, page, fill);
        const outbox = open();
        assert.equal(outbox.opened.salvaged, outbox.opened.damage ? waiting(outbox).length : 0);
        assertOk(outbox.append([outboxMessage(9999)]));
        assertOk(outbox.nextSeq());
        outbox.close();
        const again = open();
        assert.equal(again.opened.damage, undefined, `page ${page} ${fill}`);
        assert.equal(numbersOf(waiting(again)).at(-1), 9999);
        again.close();
      }
    }
    remove();
  });

  test('a power cut between the two renames of a salvage: the next opening ends it, without the log of the damaged one', () => {
    const { path, dir, whole, open, remove } = filled();
    rmSync(path);
    const other = open();
    assertOk(other.append([outboxMessage(7777)]));
    const log = readFileSync(`${path}-wal`);
    other.close();
    rmSync(path); // the damaged one was set aside, the new one has not got its name
    writeFileSync(`${path}-wal`, log);
    writeFileSync(`${path}.new`, whole);
    const again = open();
    assert.deepEqual(
      numbersOf(waiting(again)),
      Array.from({ length: COUNT + 20 }, (_, i) => i + 1),
    );
    again.close();
    assert.ok(readdirSync(dir).every((name) => !name.endsWith('.new')));
    remove();
  });

  test('a power cut before a salvage was whole: it is done again', () => {
    const { path, dir, open, remove } = filled();
    const leaf = pagesOf(path).find(({ table, isLeaf, isRoot }) => table === 'telemetry' && isLeaf && !isRoot);
    spoilPage(path, leaf?.page ?? 0);
    writeFileSync(`${path}.new`, 'half of a');
    const outbox = open();
    assert.ok(waiting(outbox).length > COUNT - 70);
    outbox.close();
    assert.ok(readdirSync(dir).every((name) => !name.endsWith('.new')));
    remove();
  });

  test('damage that is met while it is open: what can be read goes on in a new file, behind what was read before', () => {
    const { path, epoch, open, remove } = filled(800); // more than is kept in memory, so that the page is read anew
    const leaves = pagesOf(path).filter(({ table, isLeaf, isRoot }) => table === 'telemetry' && isLeaf && !isRoot);
    const outbox = open();
    const first = outbox.waiting(0, 200);
    spoilPage(path, leaves.at(-3)?.page ?? 0);
    const entries = [...first];
    for (let piece = outbox.waiting(entries.at(-1)?.place ?? 0, 100); piece.length > 0; ) {
      entries.push(...piece);
      piece = outbox.waiting(entries.at(-1)?.place ?? 0, 100);
    }
    assert.equal(outbox.opened.damage?.code, 'OUTBOX_DAMAGED');
    assert.ok(outbox.epoch !== epoch);
    assert.ok(entries.length > COUNT - 70 && entries.length < COUNT + 20, `${entries.length}`);
    const own = assertOk(outbox.append([outboxMessage(9999)]));
    assert.ok((own[0]?.place ?? 0) > (entries.at(-1)?.place ?? 0));
    assertOk(outbox.remove(epoch, [[1, 1_000_000]]));
    assert.deepEqual(numbersOf(waiting(outbox)), [9999]);
    outbox.close();
    remove();
  });
});
