import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertOk, findProgram, suite } from '@ewon-agent/contracts/testing';
import { documentNumber } from '../testing/store-writer.ts';
import { openSqliteStore } from './store-sqlite.ts';

const WRITER = new URL('../testing/store-writer.ts', import.meta.url).pathname;
type Ack = { readonly n: number; readonly outcome: string };

/** A store that outlives its processes, and what they said of it. */
function createSite() {
  const dir = mkdtempSync(join(tmpdir(), 'store-'));
  const path = join(dir, 'state.db');
  const acks: Ack[] = [];
  return {
    path,
    acks,
    next: () => (acks.at(-1)?.n ?? 0) + 1,
    remove: () => rmSync(dir, { recursive: true }),
    /** What must hold after any end: the last document that was told to be saved, or the one after it, whole. */
    check(what: string): number {
      const store = openSqliteStore(path, () => Date.now());
      try {
        const text = assertOk(store.load());
        const saved = acks.findLast(({ outcome }) => outcome === 'ok')?.n ?? 0;
        const n: number = text === undefined ? 0 : JSON.parse(text).n;
        assert.ok(n === 0 ? saved === 0 : text === documentNumber(n), `${what}: document ${n} is not whole`);
        assert.ok(n >= saved, `${what}: ${saved} was saved, ${n} is there`);
        assert.deepEqual(
          readdirSync(dir).filter((name) => name.includes('damaged')),
          [],
        );
        return n;
      } finally {
        store.close();
      }
    },
  };
}
type Site = ReturnType<typeof createSite>;

/** Runs the writer; `killAfter` acknowledgements it is killed. Resolves when it has ended. */
function write(site: Site, wrapped: readonly string[], end: { readonly killAfter?: number; readonly count?: number }) {
  const [program = process.execPath, ...args] = [
    ...wrapped,
    process.execPath,
    WRITER,
    site.path,
    `${site.next()}`,
    ...(end.count === undefined ? [] : [`${end.count}`]),
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let rest = '';
  let said = '';
  let acked = 0;
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdout.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [n, outcome = ''] = line.split(' ');
      site.acks.push({ n: Number(n), outcome });
      acked += 1;
    }
    if (end.killAfter !== undefined && acked >= end.killAfter) child.kill('SIGKILL');
  });
  return new Promise<{ readonly acked: number; readonly said: string; readonly signal: string | null }>((ended) => {
    child.once('close', (_, signal) => ended({ acked, said, signal }));
  });
}

suite('store of SQLite and kill -9', { timeoutMs: 100_000 }, (test) => {
  test('killed 20 times at any moment: the document that was saved last, or a newer one, is there whole', async () => {
    const site = createSite();
    for (let round = 1; round <= 20; round += 1) {
      const { signal, said } = await write(site, [], { killAfter: 1 + ((round * 7) % 19) });
      assert.equal(signal, 'SIGKILL', said);
      site.check(`round ${round}`);
    }
    assert.ok(site.acks.length > 100, `${site.acks.length} saves`);
    process.stdout.write(` ${site.acks.length} saves `);
    site.remove();
  });

  test('a file that may not grow is STATE_UNWRITABLE, and what was saved before stays', async () => {
    const site = createSite();
    await write(site, [], { count: 3 });
    // the limit of 40 blocks of 512 bytes is met as a full disk is: the write fails
    await write(site, ['sh', '-c', 'trap "" XFSZ; ulimit -f 40; exec "$0" "$@"'], { count: 30 });
    const outcomes = site.acks.slice(3).map(({ outcome }) => outcome);
    assert.ok(outcomes.includes('STATE_UNWRITABLE'), outcomes.join());
    site.check('full');
    await write(site, [], { count: 3 });
    assert.deepEqual(
      site.acks.slice(-3).map(({ outcome }) => outcome),
      ['ok', 'ok', 'ok'],
    );
    site.check('room again');
    site.remove();
  });
});

suite('store of SQLite at each system call', { timeoutMs: 200_000, needs: ['strace'] }, (test) => {
  const traced = (inject: string) => [
    findProgram('strace') ?? '',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${inject.split(':')[0]}`,
    '-e',
    `inject=${inject}`,
  ];
  const calls = ['fsync', 'pwrite64'];

  for (const call of calls) {
    test(`killed at the n-th ${call}: nothing that was acknowledged is lost`, async () => {
      const site = createSite();
      let killed = 0;
      for (let nth = 1; nth <= 12; nth += 1) {
        const { signal } = await write(site, traced(`${call}:signal=SIGKILL:when=${nth}`), { count: 30 });
        if (signal === 'SIGKILL') killed += 1;
        site.check(`${call} ${nth}`);
      }
      assert.ok(killed >= 10, `${killed} of 12 were killed: is ${call} what SQLite calls?`);
      site.remove();
    });

    for (const errno of ['EIO', 'ENOSPC']) {
      test(`${errno} at the n-th ${call}: a refusal with its code, nothing lost, and the next save goes on`, async () => {
        const site = createSite();
        for (let nth = 3; nth <= 12; nth += 3) {
          const { said } = await write(site, traced(`${call}:error=${errno}:when=${nth}`), { count: 6 });
          assert.ok(!/Error/.test(said) || /SQLite|disk|database/.test(said), said);
          site.check(`${call} ${nth} ${errno}`);
        }
        site.remove();
      });
    }
  }
});
