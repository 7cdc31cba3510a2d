import { ok, type WanBody } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import type { LinkReading } from '../core/wan-link.ts';
import { testClock } from '../testing/test-clock.ts';
import { type ProofOutcome, startWan } from './wan.ts';

const ETH: LinkReading = {
  ...{ source: 'kernel', name: 'eth0', kind: 'ethernet', up: true, ip: '192.0.2.10' },
  ...{ routed: true, metric: 100, gateway: '192.0.2.1' },
};
const CELL: LinkReading = { ...ETH, name: 'wwan0', kind: 'cellular', ip: '10.64.3.9', metric: 700 };
const WHOLE: ProofOutcome = {
  probes: [{ layer: 'account', target: 'a.example', ms: 9 }],
  bytes: 5000,
  address: '203.0.113.5',
};

/** A watch whose links, proofs and account are in the test's hands. */
async function watch(saved?: string) {
  const { clock, pass } = testClock();
  const world = {
    readings: [ETH] as readonly LinkReading[],
    proof: WHOLE,
    isOpen: false,
    saved,
    linked: true,
    mayBeLocated: true,
  };
  const told: WanBody[] = [];
  const reported: string[] = [];
  const proved: string[] = [];
  let wake = () => {};
  const running = startWan({
    rules: { order: ['eth0', 'wwan0'], holdDownMs: 30_000, probeBytesMax: 1_000_000 },
    ...{ clock, log: { write() {} } },
    read: async () => world.readings,
    watch(call) {
      wake = call;
      return { stop() {} };
    },
    async prove({ link, depth }) {
      proved.push(`${link} ${depth}`);
      return world.proof;
    },
    sentBy: async (_, from) => (from === ETH.ip ? 'eth0' : 'eth0'),
    load: () => world.saved,
    save(text) {
      world.saved = text;
      return ok(undefined);
    },
    target: () => (world.linked ? { url: 'https://a.example/device/v1/directory', ca: 'PEM' } : undefined),
    async tell(body) {
      if (world.isOpen) told.push(body);
      return world.isOpen;
    },
    mayBeLocated: () => world.mayBeLocated,
    report: (code) => reported.push(code),
    ...{ dropSession() {}, hurrySession() {} },
  });
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };
  const links = async (...readings: LinkReading[]) => {
    world.readings = readings;
    wake();
    await settle();
  };
  await settle();
  return { ...{ world, told, reported, proved, running, links, settle, pass } };
}

suite('watch of the WAN', (test) => {
  test('a change without a session is told at the next one, an unchanged signal costs no message', async () => {
    const { told, running, world, links, reported, pass, settle } = await watch();
    assert.deepEqual([reported, told], [['WAN_ONLINE'], []]);
    world.isOpen = true;
    running.announced();
    await settle();
    assert.deepEqual([told.length, told[0]?.state, told[0]?.ip], [1, 'online', '192.0.2.10']);
    pass(60_000);
    await links({ ...ETH, signal: -70 });
    await links({ ...ETH, signal: -90 });
    assert.equal(told.length, 1);
    await links({ ...ETH, operator: '20601' });
    assert.equal(told.at(-1)?.cellular?.operator, '20601');
    running.stop();
  });

  test('the cell of an Ewon that may not be located any more is taken back at once, and told again when it may', async () => {
    const { told, running, world, links, pass, settle } = await watch();
    world.isOpen = true;
    running.announced();
    await links({ ...ETH, operator: '20601', lac: 6699, cellId: 27447297, signal: -81 });
    pass(60_000);
    await settle();
    assert.deepEqual(told.at(-1)?.cellular, { operator: '20601', lac: 6699, cellId: 27447297, signal: -81 });
    const before = told.length;
    world.mayBeLocated = false;
    running.decided();
    await settle();
    assert.deepEqual([told.length, told.at(-1)?.cellular], [before + 1, { operator: '20601', signal: -81 }]);
    pass(60_000);
    await links({ ...ETH, operator: '20601', lac: 6699, cellId: 1, signal: -81 });
    assert.equal(told.length, before + 1, 'another cell is no news then');
    world.mayBeLocated = true;
    running.decided();
    await settle();
    assert.equal(told.at(-1)?.cellular?.cellId, 1);
    running.stop();
  });

  test('before an account is joined nothing is proved', async () => {
    const { world, proved, running } = await watch();
    assert.deepEqual(proved, ['eth0 account']);
    running.stop();
    world.linked = false;
    const other = await watch('nonsense');
    assert.deepEqual(other.reported, ['STATE_DAMAGED', 'WAN_ONLINE']);
    other.running.stop();
  });

  test('what was saved when it stopped is there when it starts again', async () => {
    const { world, running } = await watch();
    running.stop();
    const again = await watch(world.saved);
    assert.deepEqual([again.running.status().probeBytesThisMonth, again.running.status().history.length], [10_000, 1]);
    again.running.stop();
  });

  test('a drill proves each link that can be, says why of the others, and counts', async () => {
    const { running, links, world, proved } = await watch();
    await links(ETH, CELL, { ...CELL, name: 'eth2', up: false });
    const drilled = assertOk(await running.drill());
    assert.deepEqual(
      drilled.map(({ link, whole, cause }) => [link, whole, cause]),
      [
        ['eth0', true, 'WAN_ONLINE'],
        ['wwan0', false, 'WAN_ROUTE_MISSING'],
        ['eth2', false, 'WAN_LINK_DOWN'],
      ],
    );
    assert.deepEqual([proved, running.status().probeBytesThisMonth], [['eth0 account', 'eth0 account'], 10_000]);
    world.linked = false;
    assertFault(await running.drill(), 'NOT_LINKED');
    running.stop();
  });
});
