import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, startAccountProcess } from '../src/account-process.ts';
import type { BoardWithAgent } from '../src/board-with-agent.ts';
import { startCommissioned } from '../src/commission.ts';
import { type MosquittoProcess, startMosquittoProcess } from '../src/mosquitto-process.ts';
import { HOSTILE, type Hostile, playing } from './hostile-brokers.ts';
import { type RogueBroker, startRogueBroker } from './rogue-broker.ts';

// The real agent, whose list names a hostile broker first and then a good one: what the hostile one does costs it no memory
// and one line of log, and it goes on to the next.

const GROWTH_MAX_BYTES = 5e6;
/** With HOSTILE=all, a minute more. */
const FLOODS = [
  'floods with messages of QoS 1',
  'floods with as many properties as pass',
  'floods with acknowledgements of as many properties as pass',
  'acknowledges with thousands of properties',
  'acknowledges what was never sent',
  'floods with pings that a client never gets',
  'floods with messages of QoS 0',
  'floods with retained messages on other topics',
];
/** The costliest of each kind; hostile-brokers.integration.test.ts has all of them. */
const ATTACKS: readonly (keyof typeof HOSTILE)[] = [
  'announces a packet of 256 MiB and sends it',
  'sends thousands of properties',
  ...(process.env['HOSTILE'] === 'all' ? FLOODS : []),
];
const rssOf = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
const isAsleep = (pid: number) => / S /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

suite('the agent between a hostile broker and a good one', {
  timeoutMs: 180_000,
  needs: ['mosquitto', 'mosquitto_dynamic_security.so'],
}, (test) => {
  let dir: string;
  let good: MosquittoProcess;
  let account: AccountProcess;
  let onBoard: BoardWithAgent;
  let rogue: RogueBroker;
  let hostile: Hostile = HOSTILE['has moved'] ?? assert.fail('no such');

  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'hostile-'));
    const out = join(dir, 'broker');
    good = await startMosquittoProcess({ accountStateDir: join(dir, 'account'), out });
    // of the account's own CA: a broker that was taken over
    const identity = {
      certificate: readFileSync(join(out, 'server.crt'), 'utf8'),
      privateKey: readFileSync(join(out, 'server.key'), 'utf8'),
    };
    rogue = await startRogueBroker(identity, (socket, raw) => playing(hostile)(socket, raw));
    account = await startAccountProcess(join(dir, 'account'), [
      '--broker',
      good.url,
      '--device-broker',
      rogue.url,
      good.url,
    ]);
    onBoard = await startCommissioned(dir, account);
  });
  test.after(async () => {
    await onBoard.board.stop();
    await account.kill();
    await good.stop();
    await rogue.close();
    rmSync(dir, { recursive: true, force: true });
  });

  for (const what of ATTACKS) {
    const attack = HOSTILE[what] ?? assert.fail('no such');
    test(`a broker ${what}: flat, ${attack.outcome}`, async () => {
      const { promise: ready, resolve: go } = Promise.withResolvers<void>();
      const { promise: over, resolve: end } = Promise.withResolvers<void>();
      hostile = {
        ...attack,
        async goesOn(send, down) {
          await ready;
          await attack.goesOn?.(send, down);
          end();
        },
      };
      await onBoard.board.power.cut();
      const before = onBoard.board.events.all.length;
      const codes = () =>
        onBoard.board.events.all
          .slice(before)
          .flatMap((event) => (event.on === 'output' ? (/"code":"(UPLINK_\w+)"/.exec(event.line)?.[1] ?? []) : []));
      await onBoard.board.power.on();
      await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online at the hostile broker');
      const started = onBoard.board.events.all.findLast((event) => event.on === 'program' && event.state === 'started');
      const pid = started && 'pid' in started ? Number(started.pid) : 0;
      let [last, same] = [0, 0];
      const isAtRest = () => {
        const now = rssOf(pid);
        // one that waits for a processor only seems to be at rest
        same = Math.abs(now - last) < 100_000 && isAsleep(pid) ? same + 1 : 0;
        last = now;
        return same > 200; // for a second
      };
      await eventually(isAtRest, { what: 'at rest', timeoutMs: 60_000 });
      const atRest = rssOf(pid);
      let most = atRest;
      const look = setInterval(() => {
        most = Math.max(most, rssOf(pid));
      }, 20);
      go();
      await over;
      const story = ['UPLINK_ONLINE', ...(attack.outcome === 'ignored' ? [] : [attack.outcome, 'UPLINK_ONLINE'])];
      await eventually(() => codes().length >= story.length, { what: 'told', timeoutMs: 60_000 });
      clearInterval(look);
      process.stdout.write(`  ${what}: ${Math.round((most - atRest) / 1000)} kB more\n`);
      assert.ok(most - atRest < GROWTH_MAX_BYTES, `grew by ${most - atRest} bytes from ${atRest}`);
      assert.deepEqual(codes(), story);
    });
  }
});
