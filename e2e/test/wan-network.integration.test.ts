import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import { run } from '../src/command.ts';
import { startIn, startWanBoard, type WanBoard } from '../src/wan/board.ts';
import { startNameServer } from '../src/wan/name-server.ts';
import {
  buildNetwork,
  bytesOver,
  carriedBy,
  forwarding,
  heal,
  NET,
  portal,
  sh,
  silence,
  switchOff,
  withOwnNetwork,
} from '../src/wan/own-network.ts';

// Real links, routers, losses and names in namespaces of the kernel; the real agent, its account and broker. What the agent writes in
// its log is what is judged, and when it wrote it.

withOwnNetwork(import.meta.filename);

const HOLD_MS = 300;
const PORTAL_PORT = 8081;
const DELAY_PORT = 8090;
/** In each direction. */
const DELAY_MS = 300;
const PROBE_HERE = join(import.meta.dirname, '../src/wan/probe-here.ts');
/** Every fault takes some ten seconds with its recovery. */
const takesAll = process.env['WAN_FAULTS'] === 'all';

suite('the way to the account, in a network that is broken on purpose', {
  needs: ['ip', 'nft', 'unshare'],
  timeoutMs: 200_000,
}, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'wan-'));
  const took: Record<string, number> = {};
  let account: AccountProcess;
  let names: { close(): void };
  let board: WanBoard;
  let hotel: ChildProcess;

  test.before(async () => {
    buildNetwork(dir);
    heal('eth0');
    names = await startNameServer(NET.dns, NET.name, NET.account);
    account = await startAccountProcess(join(dir, 'account'), ['--host', NET.account, '--name', NET.name]);
    hotel = await startIn(NET.eth0.router, 'http-here.ts', 'portal', PORTAL_PORT);
    const links = { eth0: 'ethernet', wwan0: 'cellular' };
    board = await startWanBoard(dir, account, { links, holdDownMs: HOLD_MS, probeBytesMax: 1_000_000 });
  });
  test.after(async () => {
    await board?.stop();
    hotel?.kill('SIGKILL');
    await account?.kill('SIGKILL');
    names?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const whole = async (link = 'eth0') => {
    const isWhole = (wan: Awaited<ReturnType<WanBoard['wan']>>) =>
      wan.state === 'online' && wan.interface === link && Date.now() - Date.parse(wan.since) > 3.5 * HOLD_MS;
    return board.until(isWhole, `whole over ${link}`, 60_000);
  };
  /** Online, with a session and a proof: one of this start, because proofs are not saved. */
  const proved = () => {
    const isProved = (wan: Awaited<ReturnType<WanBoard['wan']>>) =>
      wan.state === 'online' && wan.probes.some(({ layer, error }) => layer === 'account' && error === undefined);
    return board.until(isProved, 'proved', 60_000);
  };
  /** Breaks it, and answers how long it took until that was told, with its cause. */
  const broken = async (what: string, cause: string, breaks: () => void) => {
    await whole();
    const atMs = Date.now();
    try {
      breaks();
      took[what] = await board.told(cause, atMs);
    } finally {
      heal('eth0');
    }
  };

  const mqttPort = () => new URL((account.mqttUrls[0] ?? '').replace('mqtts', 'https')).port;
  type Break = readonly [what: string, cause: string, breaks: () => void];
  const faults: readonly Break[] = [
    ['no carrier', 'WAN_LINK_DOWN', () => sh(`ip -n ${NET.eth0.router} link set lan0 down`)],
    ['nothing comes through', 'WAN_NO_ANSWER', () => forwarding('eth0', 'drop')],
    ['a portal', 'WAN_PORTAL', () => portal('eth0', PORTAL_PORT)],
    ['switched off', 'WAN_LINK_DOWN', () => switchOff('eth0')],
    ['no route', 'WAN_ROUTE_MISSING', () => sh('ip -n board route del default')],
    ['no address', 'WAN_ADDRESS_MISSING', () => sh('ip -n board addr flush dev eth0')],
  ];

  test('each fault is told with its cause, within five seconds for most of them', async () => {
    for (const [what, cause, breaks] of faults.slice(0, takesAll ? faults.length : 3))
      await broken(what, cause, breaks);
    const sorted = Object.values(took).sort((a, b) => a - b);
    process.stdout.write(`from fault to cause: ${JSON.stringify(took)} ms\n`);
    assert.ok((sorted[Math.floor(sorted.length / 2)] ?? 0) <= 5000, JSON.stringify(took));
  });

  if (takesAll) {
    test('a router that is off is first a way without an answer, and told as what it is when the kernel has given it up', async () => {
      await whole();
      silence('eth0');
      await board.until(({ cause }) => cause === 'WAN_GATEWAY_SILENT', 'WAN_GATEWAY_SILENT', 40_000);
      heal('eth0');
    });

    test('names that are gone are told as that once a session ends', async () => {
      await board.restart(); // the session is one with the first broker then; after an outage it may be one with the next of the list
      await broken('no names, and a session that ends', 'WAN_DNS_FAILED', () =>
        forwarding(
          'eth0',
          'udp dport 53 drop',
          ...['sport', 'dport'].map((side) => `tcp ${side} ${mqttPort()} reject with tcp reset`),
        ),
      );
    });

    test('a way with 600 ms to the account and back is slow, and whole; so is one of 16 kB a second', async () => {
      const ports = [account.deviceUrl, ...account.mqttUrls].map((url) =>
        Number(new URL(url.replace(/^\w+/, 'https')).port),
      );
      const own = new Map([...new Set(ports)].map((port, n) => [port, DELAY_PORT + n]));
      const pairs = [...own].map(([port, listen]) => `${listen}:${port}`);
      const relay = await startIn(NET.eth0.router, 'delay-here.ts', DELAY_MS, NET.account, ...pairs);
      try {
        for (const slow of ['delay', 'rate'] as const) {
          await whole();
          if (slow === 'delay') carriedBy('eth0', own);
          else forwarding('eth0', 'limit rate over 16 kbytes/second burst 4 kbytes drop');
          const before = board.lines.length;
          await board.restart();
          const { probes } = await proved();
          const ms = probes.find(({ layer }) => layer === 'account')?.ms ?? 0;
          assert.ok(slow === 'rate' || ms >= 2 * DELAY_MS, JSON.stringify(probes));
          const told = board.lines.slice(before).map(({ code }) => code);
          assert.deepEqual(
            told.filter((code) => code !== 'WAN_ONLINE'),
            [],
            slow,
          );
          heal('eth0');
        }
      } finally {
        heal('eth0');
        relay.kill('SIGKILL');
      }
    });

    test('losing every fifth packet, and names while a session holds, is no loss of the way', async () => {
      await whole();
      const before = board.lines.length;
      forwarding('eth0', 'udp dport 53 drop', 'numgen random mod 100 < 20 drop');
      const until = Date.now() + 6000;
      await eventually(() => Date.now() > until, { what: 'time', timeoutMs: 60_000 });
      heal('eth0');
      assert.ok(board.lines.length - before <= 2, JSON.stringify(board.lines.slice(before)));
    });
  }

  test('a cable that flaps: never two changes within a hold-down', async () => {
    await whole();
    const since = Date.now();
    for (let n = 0; Date.now() < since + 4000; n++) {
      sh(`ip -n ${NET.eth0.router} link set lan0 ${n % 2 === 0 ? 'down' : 'up'}`);
      const until = Date.now() + 250;
      await eventually(() => Date.now() > until, { what: 'time' });
    }
    heal('eth0');
    const changes = board.lines.filter(({ atMs }) => atMs >= since);
    const gaps = changes.slice(1).map(({ atMs }, i) => atMs - (changes[i]?.atMs ?? 0));
    assert.ok(
      gaps.every((gap) => gap >= HOLD_MS - 50),
      `gaps of ${gaps.join(', ')} ms`,
    );
    await whole();
  });

  test('the other link takes over and gives back, each time after a proof; both down, and back over the other', async () => {
    heal('wwan0');
    await whole();
    const before = (await board.wan()).probeBytesThisMonth;
    switchOff('eth0');
    const over = await whole('wwan0');
    assert.deepEqual([over.link, over.fallback?.primary, over.ip], ['cellular', 'eth0', NET.wwan0.board]);
    heal('eth0');
    const back = await whole('eth0');
    assert.equal(back.fallback, undefined);
    assert.ok(back.probeBytesThisMonth > before, 'the way back was proved');
    const atMs = Date.now();
    switchOff('eth0');
    switchOff('wwan0');
    await board.told('WAN_LINK_DOWN', atMs);
    heal('wwan0');
    await whole('wwan0');
    const [ewon] = await account.api.ewons();
    const shown = await eventually(
      async () => (await account.api.ewons()).find(({ wan }) => wan?.interface === 'wwan0'),
      { what: `wwan0 at the account, not ${JSON.stringify(ewon?.wan)}`, timeoutMs: 60_000 },
    );
    assert.ok(shown?.wan?.history.some(({ cause }) => cause === 'WAN_LINK_DOWN'));
    const words = ['--no-install', 'account', 'wan', shown?.name ?? '', '--state', account.stateDir];
    const { stdout, stderr } = await run('npx', words);
    assert.match(stdout, /^Link {9}wwan0 \(cellular\)$/m, stderr);
  });

  test('killed while there is no way, started when it is back: online, with its history', async () => {
    switchOff('wwan0');
    await board.until(({ cause }) => cause === 'WAN_LINK_DOWN', 'down');
    const { history } = await board.wan();
    heal('eth0');
    await board.restart();
    const wan = await whole();
    assert.equal(
      wan.history.some(({ at }) => at === history.at(-1)?.at),
      true,
    );
  });

  test('what was counted for probes is little, and what the link carries for one', async () => {
    await whole();
    const { probeBytesThisMonth } = await board.wan();
    assert.ok(probeBytesThisMonth > 0 && probeBytesThisMonth < 150_000, `${probeBytesThisMonth} bytes for all of this`);
    await board.stop();
    const before = bytesOver('eth0');
    const where = [account.deviceUrl, account.ca, NET.eth0.board, NET.dns];
    const { stdout } = await run('ip', ['netns', 'exec', 'board', process.execPath, PROBE_HERE, ...where]);
    const outcome = JSON.parse(stdout);
    const carried = bytesOver('eth0') - before;
    process.stdout.write(`one proof: ${outcome.bytes} bytes counted, ${carried} carried, Ethernet included\n`);
    assert.deepEqual(
      outcome.probes.map(({ layer, error }: { layer: string; error?: string }) => error ?? layer),
      ['dns', 'tcp', 'tls', 'account'],
    );
    assert.ok(
      outcome.bytes >= 0.95 * carried && outcome.bytes < 2 * carried,
      `${outcome.bytes} counted, ${carried} carried`,
    );
  });
});
