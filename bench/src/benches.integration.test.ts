// test-timeout: 300 s
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert, suite } from '@ewon-agent/contracts/testing';

// Each bench once, as small as it gets: that it runs and what its answer looks like. No time is judged here.

const MAIN = join(import.meta.dirname, 'main.ts');
const PAGE = join(import.meta.dirname, '../../docs/benchmarks.md');

async function bench(...args: readonly string[]) {
  const before = pageNow();
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--json', ...args]);
  assert.equal(pageNow(), before, 'a bench made smaller has written the page');
  return JSON.parse(stdout);
}

function pageNow(): string | undefined {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return undefined; // not measured yet
  }
}

function isSpread(spread: Record<string, number>, n: number): boolean {
  const { median = Number.NaN, p5 = Number.NaN, p95 = Number.NaN } = spread;
  return spread['n'] === n && 0 <= p5 && p5 <= median && median <= p95;
}

suite('benches', { timeoutMs: 120_000, needs: ['ss'] }, (test) => {
  test('without a name they are listed, and an unknown one is refused', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN]);
    assert.deepEqual(stdout.match(/^\w+/gm), [
      'registration',
      'board',
      'footprint',
      'start',
      'outbox',
      'ingest',
      'drain',
      'fleet',
      'map',
      'patch',
      'console',
      'lists',
      'page',
    ]);
    await assert.rejects(bench('nothing'), { code: 2 });
    await assert.rejects(bench('start', '--runs', '0'), { code: 2 });
  });

  test('footprint watches bare Node, the floor twice and two agents', async () => {
    const { seconds, residents } = await bench('footprint', '--seconds', '2');
    assert.equal(seconds, 2);
    assert.deepEqual(
      residents.map(({ name }: { name: string }) => name),
      ['bare', 'floor', 'untidy', 'idle', 'fresh'],
    );
    for (const { name, pss, privateDirty, rss } of residents) {
      assert.ok(pss.n === 2 && privateDirty.median < pss.median && pss.median < rss.median, name);
    }
  });

  test('start starts Node and the agent from nothing and from what it saved', async () => {
    const { name, ...figures } = await bench('start', '--runs', '1');
    assert.equal(name, 'start');
    const kinds = ['nodeMs', 'firstStartToWatchingMs', 'savedStateToWatchingMs', 'savedStateToOnlineMs'];
    assert.deepEqual(Object.keys(figures), kinds);
    for (const kind of kinds) assert.ok(isSpread(figures[kind], 1), kind);
  });

  test('fleet plays 100 devices from their registration to rest', async () => {
    const { fleets } = await bench('fleet', '--runs', '1');
    assert.equal(fleets.length, 1);
    const [{ broker, devices, cpuMs, pssMib, ...rates }] = fleets;
    assert.deepEqual([broker, devices], ['embedded', 100]);
    for (const step of ['registrations', 'approvals', 'grants', 'connections', 'events'])
      assert.ok(rates[step] > 0 && cpuMs[step] >= 0, step);
    assert.ok(pssMib > 0);
  });

  test('ingest takes both streams, of one device and of many, beside the floor', async () => {
    const { kinds } = await bench('ingest', '--runs', '1');
    assert.equal(kinds.length, 4);
    for (const { kind, perSecond, floorPerSecond } of kinds)
      assert.ok(isSpread(perSecond, 1) && isSpread(floorPerSecond, 1), kind);
  });
});

suite('the outbox bench', { timeoutMs: 120_000 }, (test) => {
  test('offers to the outbox with one and with many under way, beside the floor', async () => {
    const { outbox, floor, durableWriteMs } = await bench('outbox', '--runs', '1', '--seconds', '1');
    assert.deepEqual(
      outbox.map(({ outstanding }: { outstanding: number }) => outstanding),
      [1, 8, 64, 256, 1000],
    );
    for (const { perSecond, p50Ms, p99Ms } of [...outbox, floor]) {
      for (const spread of [perSecond, p50Ms, p99Ms]) assert.ok(isSpread(spread, 1));
      assert.ok(p50Ms.median <= p99Ms.median);
    }
    assert.ok(isSpread(durableWriteMs, 1));
  });
});

suite('the registration bench', {
  timeoutMs: 120_000,
  needs: ['mosquitto', 'mosquitto_dynamic_security.so'],
}, (test) => {
  test('registers with both brokers', async () => {
    const { brokers } = await bench('registration', '--runs', '1');
    assert.deepEqual(
      brokers.map(({ broker }: { broker: string }) => broker),
      ['embedded', 'Mosquitto'],
    );
    for (const {
      broker,
      cardInToPendingMs,
      cardInToSentMs,
      approveToOnlineMs,
      approvalAnsweredMs,
      reference,
    } of brokers) {
      const spreads = [
        cardInToPendingMs,
        cardInToSentMs,
        approveToOnlineMs,
        approvalAnsweredMs,
        ...Object.values(reference),
      ];
      assert.equal(spreads.length, 6);
      for (const spread of spreads) assert.ok(isSpread(spread, 1), broker);
      assert.ok(approvalAnsweredMs.median < approveToOnlineMs.median);
      assert.ok(cardInToSentMs.median < cardInToPendingMs.median);
    }
  });
});
