import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateStoreSuite } from '@ewon-agent/contracts/suites/state-store-suite';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { isLocked } from './sqlite-file.ts';
import { openSqliteStore } from './store-sqlite.ts';

const now = () => Date.UTC(2026, 2, 1);

function place() {
  const dir = mkdtempSync(join(tmpdir(), 'store-'));
  const path = join(dir, 'state.db');
  return { dir, path, open: () => openSqliteStore(path, now), close: () => rmSync(dir, { recursive: true }) };
}

stateStoreSuite('store of SQLite', () => {
  const { dir, path, open, close } = place();
  return {
    open,
    close,
    spoil: () => writeFileSync(path, Buffer.alloc(statSync(path).size, 'not a database ')),
    keepsDamaged: () => readdirSync(dir).some((name) => /^state\.db\.damaged-2026-03-01T000000000Z$/.test(name)),
  };
});

suite('store of SQLite, the file', (test) => {
  test('a second store on the same file is refused as locked, and the first goes on', () => {
    const { open, close } = place();
    const store = open();
    assertOk(store.save('one'));
    assert.throws(open, isLocked);
    assertOk(store.save('two'));
    store.close();
    const second = open();
    assert.equal(assertOk(second.load()), 'two');
    second.close();
    close();
  });

  test('a directory that is not there is thrown at once, and is no damage', () => {
    const { dir, close } = place();
    assert.throws(
      () => openSqliteStore(join(dir, 'missing', 'state.db'), now),
      (cause) => !isLocked(cause),
    );
    close();
  });

  test('a file cut off anywhere is read whole or set aside, never thrown at', () => {
    const { path, close, sizeBytes } = filled();
    const whole = readFileSync(path);
    for (let size = 0; size <= sizeBytes; size += 511) {
      writeFileSync(path, whole);
      truncateSync(path, size);
      openedSomehow(path, `cut at ${size}`);
    }
    close();
  });

  test('a file with any block overwritten is read or set aside, never thrown at', () => {
    const { path, close, sizeBytes } = filled();
    const whole = readFileSync(path);
    for (let at = 0; at < sizeBytes; at += 512) {
      for (const fill of [0x00, 0xff, 0x41]) {
        writeFileSync(path, Buffer.from(whole).fill(fill, at, at + 512));
        openedSomehow(path, `${fill} at ${at}`);
      }
    }
    close();
  });
});

/** A closed store with a document in some pages. */
function filled() {
  const made = place();
  const store = made.open();
  assertOk(store.save(JSON.stringify({ text: 'x'.repeat(20_000) })));
  store.close();
  return { ...made, sizeBytes: statSync(made.path).size };
}

function openedSomehow(path: string, what: string): void {
  try {
    const store = openSqliteStore(path, now);
    const first = store.load();
    if (!first.ok) {
      assertFault(first, 'STATE_DAMAGED');
      assert.equal(assertOk(store.load()), undefined);
    }
    assertOk(store.save('new'));
    store.close();
  } catch (cause) {
    throw new Error(`${what}: ${cause}`, { cause });
  }
}
