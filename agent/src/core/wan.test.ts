import type { WanProbe } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { initialWan, type Wan, type WanEffect, type WanEvent, type WanRules, wanTransition, wordOf } from './wan.ts';
import type { LinkReading } from './wan-link.ts';
import { wanBody } from './wan-report.ts';
import { readSavedWan, savedText } from './wan-saved.ts';

const HOLD_MS = 30_000;
const RULES: WanRules = { order: ['eth0', 'wwan0'], holdDownMs: HOLD_MS, probeBytesMax: 1_000_000 };
const ETH: LinkReading = {
  ...{ source: 'kernel', name: 'eth0', kind: 'ethernet', up: true, ip: '192.0.2.10' },
  ...{ routed: true, metric: 100, gateway: '192.0.2.1', gatewayAnswers: true },
};
const CELL: LinkReading = {
  ...{ source: 'kernel', name: 'wwan0', kind: 'cellular', up: true, ip: '198.51.100.7', routed: true, metric: 700 },
};
const DOWN: LinkReading = { source: 'kernel', name: 'eth0', kind: 'ethernet', up: false, routed: false };
const GOOD: readonly WanProbe[] = [
  { layer: 'dns', target: 'a.example', ms: 4 },
  { layer: 'tcp', target: '203.0.113.5:443', ms: 20 },
];
const SILENT: readonly WanProbe[] = [{ layer: 'tcp', target: '203.0.113.5:443', ms: 1500, error: 'timeout' }];

/** The machine with a clock that the test moves, and a log of what it ordered. */
function play(start: Wan = initialWan(), rules = RULES) {
  let state = start;
  let nowMs = Date.parse('2026-03-01T12:00:00Z');
  const begunMs = nowMs;
  let ordered: WanEffect[] = [];
  type Event = {
    [E in WanEvent['on']]: Omit<WanEvent & { on: E }, 'wallMs' | 'steadyMs' | 'hasTarget'>;
  }[WanEvent['on']];
  const see = (event: Event) => {
    const times = { wallMs: nowMs, steadyMs: nowMs - begunMs, hasTarget: true };
    const [next, effects] = wanTransition(state, { ...event, ...times } as WanEvent, rules);
    state = next;
    ordered.push(...effects);
  };
  return {
    see,
    links: (...readings: LinkReading[]) => see({ on: 'LinksRead', readings }),
    proved: (probes: readonly WanProbe[], link = 'eth0', bytes = 500) => see({ on: 'Proved', link, probes, bytes }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    state: () => state,
    word: () => wordOf(state, rules),
    body: () => wanBody(state, rules, nowMs),
    orders: () => {
      const done = ordered;
      ordered = [];
      return done;
    },
    causes: () => state.history.map(({ cause }) => cause),
  };
}
const does = (effects: readonly WanEffect[]) => effects.map((effect) => effect.do);
const depths = (effects: readonly WanEffect[]) =>
  effects.flatMap((e) => (e.do === 'probe' ? [`${e.link} ${e.depth}`] : []));

suite('WAN machine', (test) => {
  test('a session over the active link is the proof, and costs nothing', () => {
    const wan = play();
    wan.links(ETH);
    assert.deepEqual(depths(wan.orders()), ['eth0 account'], 'nothing is known yet');
    wan.see({ on: 'SessionOpened' });
    assert.deepEqual(
      wan.orders().filter((e) => e.do === 'report'),
      [{ do: 'report', code: 'WAN_ONLINE', detail: 'eth0' }],
    );
    assert.deepEqual([wan.word(), wan.body().connectivity, wan.body().link], ['online', 'full', 'ethernet']);
  });

  test('a cable that is pulled is offline at once, with the cause, and the session is ended', () => {
    const wan = play();
    wan.links(ETH);
    wan.see({ on: 'SessionOpened' });
    wan.pass(HOLD_MS);
    wan.orders();
    wan.links(DOWN);
    assert.deepEqual(does(wan.orders()), ['letSleep', 'dropSession', 'letSleep', 'report', 'save', 'tell']);
    assert.deepEqual([wan.word(), wan.body().cause, wan.body().connectivity], ['offline', 'WAN_LINK_DOWN', 'none']);
  });

  test('what is not answered is a doubt that a probe decides: a good one changes nothing', () => {
    const wan = play();
    wan.links(ETH);
    wan.see({ on: 'SessionOpened' });
    wan.proved(GOOD);
    wan.pass(HOLD_MS);
    wan.orders();
    wan.see({ on: 'Unanswered' });
    assert.deepEqual([depths(wan.orders()), wan.word()], [['eth0 tcp'], 'disconnecting']);
    wan.proved(GOOD);
    assert.deepEqual([wan.word(), wan.causes()], ['online', ['WAN_ONLINE']]);
  });

  test('a line that answers late each time does not cost a proof each time', () => {
    const wan = play();
    wan.links(ETH);
    wan.see({ on: 'SessionOpened' });
    wan.proved(GOOD);
    wan.orders();
    const waits: number[] = [];
    for (let n = 0; n < 1000; n++) {
      wan.see({ on: 'Unanswered' });
      for (const e of wan.orders()) if (e.do === 'wake' && e.timer === 'doubt') waits.push(e.afterMs);
      wan.pass(500);
      wan.see({ on: 'Answered' });
      if (wan.state().proving) wan.proved(GOOD);
    }
    assert.deepEqual([waits[0], waits.at(-1), wan.state().budget.bytes], [2000, 32_000, 1000]);
    wan.see({ on: 'Unanswered' });
    wan.see({ on: 'TimerFired', timer: 'doubt' });
    assert.deepEqual(depths(wan.orders()), ['eth0 tcp']);
  });

  test('a bad proof is offline with the cause, and is repeated ever later', () => {
    const wan = play();
    wan.links(ETH);
    wan.see({ on: 'SessionOpened' });
    wan.proved(GOOD);
    wan.pass(HOLD_MS);
    wan.see({ on: 'Unanswered' });
    wan.orders();
    wan.proved(SILENT);
    const first = wan.orders();
    assert.deepEqual([wan.word(), wan.body().cause], ['offline', 'WAN_NO_ANSWER']);
    assert.ok(does(first).includes('dropSession'));
    wan.see({ on: 'SessionClosed' });
    const waits: number[] = [];
    for (let round = 0; round < 12; round++) {
      wan.pass(60 * 60_000);
      wan.see({ on: 'TimerFired', timer: 'retry' });
      wan.proved(SILENT);
      for (const e of wan.orders()) if (e.do === 'wake' && e.timer === 'retry') waits.push(e.afterMs);
    }
    assert.deepEqual([waits.slice(0, 3), waits.at(-1)], [[5000, 10_000, 20_000], 30 * 60_000]);
    assert.deepEqual(wan.causes(), ['WAN_ONLINE', 'WAN_NO_ANSWER'], 'the same is told once');
  });

  test('a cause that is found out later puts right what was told, and is no second change', () => {
    const wan = play();
    wan.links(ETH);
    wan.proved(GOOD);
    wan.pass(HOLD_MS);
    wan.see({ on: 'SessionClosed' });
    wan.proved(SILENT);
    wan.orders();
    wan.pass(5000);
    wan.links({ ...ETH, gatewayAnswers: false });
    assert.deepEqual([wan.causes(), wan.body().cause], [['WAN_ONLINE', 'WAN_GATEWAY_SILENT'], 'WAN_GATEWAY_SILENT']);
    assert.deepEqual(does(wan.orders()).slice(-2), ['save', 'tell']);
  });

  test('after a switch of links the other one is proved to the account before it is believed', () => {
    const wan = play();
    wan.links(ETH, CELL);
    wan.see({ on: 'SessionOpened' });
    wan.proved(GOOD);
    wan.pass(HOLD_MS);
    wan.orders();
    wan.links({ ...ETH, up: false, routed: false }, CELL);
    assert.deepEqual(
      [depths(wan.orders()), wan.word(), wan.body().interface],
      [['wwan0 account'], 'disconnecting', 'eth0'],
    );
    wan.proved(SILENT, 'wwan0');
    wan.see({ on: 'SessionClosed' });
    assert.deepEqual([wan.word(), wan.body().interface], ['offline', 'wwan0']);
    wan.pass(HOLD_MS);
    wan.see({ on: 'TimerFired', timer: 'retry' });
    wan.proved(GOOD, 'wwan0');
    assert.deepEqual(wan.body().fallback, { primary: 'eth0', active: 'wwan0', since: '2026-03-01T12:01:00.000Z' });
    assert.equal(wan.word(), 'online');
    wan.pass(HOLD_MS);
    wan.orders();
    wan.links(ETH, CELL);
    assert.deepEqual(depths(wan.orders()), ['eth0 account'], 'and so is the way back');
    assert.equal(wan.body().interface, 'wwan0');
    assert.equal(wan.body().fallback?.returnsAt, undefined, 'which nobody knows before');
    wan.proved(GOOD);
    assert.deepEqual([wan.body().interface, wan.body().fallback], ['eth0', undefined]);
  });

  test('a way back that is proved before the hold-down is over says when it is told', () => {
    const wan = play();
    wan.links({ ...ETH, up: false, routed: false }, CELL);
    wan.proved(GOOD, 'wwan0');
    wan.pass(10_000);
    wan.links(ETH, CELL);
    wan.proved(GOOD);
    const since = '2026-03-01T12:00:00.000Z';
    const returnsAt = '2026-03-01T12:00:30.000Z';
    assert.deepEqual(wan.body().fallback, { primary: 'eth0', active: 'wwan0', since, returnsAt });
    wan.pass(20_000);
    wan.see({ on: 'TimerFired', timer: 'hold' });
    assert.deepEqual([wan.body().interface, wan.body().fallback], ['eth0', undefined]);
  });

  test('an Ewon that is the router and on its own secondary way says so, and until when', () => {
    const wan = play();
    const fallback = {
      primary: 'ethernet',
      active: 'cellular',
      returnsAtMs: Date.parse('2026-03-01T13:00:00Z'),
    } as const;
    wan.links(ETH, { source: 'ewon', name: 'eth0', wayOn: true, fallback });
    assert.equal(wan.body().fallback, undefined, 'not while nothing is proved');
    wan.proved(GOOD);
    assert.deepEqual(wan.body().fallback, {
      ...{ primary: 'ewon:ethernet', active: 'ewon:cellular', since: '2026-03-01T12:00:00.000Z' },
      returnsAt: '2026-03-01T13:00:00.000Z',
    });
  });

  test('a session that hung on the way before is ended after the proof, and the next is opened without a pause', () => {
    const wan = play();
    wan.links({ ...ETH, up: false, routed: false }, CELL);
    wan.see({ on: 'SessionOpened' });
    wan.pass(HOLD_MS);
    wan.links(ETH, CELL);
    wan.orders();
    wan.proved(GOOD);
    assert.ok(does(wan.orders()).includes('dropSession'));
    wan.see({ on: 'SessionClosed' });
    assert.deepEqual([does(wan.orders())[0], wan.word(), wan.body().interface], ['hurrySession', 'online', 'eth0']);
  });

  test('a session whose end was ordered proves nothing any more: what it answers late is a reason for a proof, and the next is opened without a pause', () => {
    const wan = play();
    wan.links(ETH);
    wan.see({ on: 'SessionOpened' });
    wan.pass(HOLD_MS);
    wan.see({ on: 'Unanswered' });
    wan.proved(SILENT);
    assert.ok(does(wan.orders()).includes('dropSession'));
    wan.pass(HOLD_MS);
    wan.see({ on: 'Answered' });
    assert.deepEqual(
      [depths(wan.orders()), wan.word(), wan.body().cause],
      [['eth0 account'], 'connecting', 'WAN_NO_ANSWER'],
    );
    wan.proved(GOOD);
    const whole = does(wan.orders());
    assert.deepEqual(
      [whole.includes('hurrySession'), whole.includes('dropSession'), wan.word()],
      [true, false, 'online'],
    );
    wan.see({ on: 'Unanswered' });
    assert.deepEqual(depths(wan.orders()), []);
    wan.see({ on: 'SessionClosed' });
    assert.deepEqual(
      [does(wan.orders())[0], wan.word()],
      ['hurrySession', 'online'],
      'who heard it before could not open one yet',
    );
  });

  test('a gateway that answers again is a reason for a proof, though not for one after the other', () => {
    const wan = play();
    wan.links(ETH);
    wan.proved(SILENT);
    const silent = { ...ETH, gatewayAnswers: false };
    wan.links(silent);
    wan.pass(3000);
    wan.orders();
    wan.links(ETH);
    assert.deepEqual(depths(wan.orders()), [], 'the last one was just now');
    wan.links(silent);
    wan.pass(3000);
    wan.links(ETH);
    assert.deepEqual(depths(wan.orders()), ['eth0 account']);
    wan.proved(GOOD);
    wan.pass(HOLD_MS);
    wan.see({ on: 'TimerFired', timer: 'hold' });
    assert.equal(wan.word(), 'online');
    wan.orders();
    wan.links(silent);
    wan.links(ETH);
    assert.deepEqual(depths(wan.orders()), [], 'what was proved good stays so');
  });

  test('a proof of a link that is no longer the one is not believed', () => {
    const wan = play();
    wan.links(ETH, CELL);
    wan.links({ ...ETH, up: false }, CELL);
    wan.orders();
    wan.proved(GOOD, 'eth0');
    assert.equal(wan.state().settled, undefined);
    assert.deepEqual(depths(wan.orders()), ['wwan0 account']);
  });

  test('a link that flaps every second for an hour: never two changes within a hold-down, and ever fewer', () => {
    const wan = play();
    wan.links(ETH);
    wan.see({ on: 'SessionOpened' });
    const at: number[] = [];
    for (let second = 0, before = wan.body().since; second < 3600; second++) {
      wan.pass(1000);
      wan.links(second % 2 === 0 ? DOWN : ETH);
      if (wan.state().session === undefined || second % 2 === 0) wan.see({ on: 'SessionClosed' });
      else wan.see({ on: 'SessionOpened' });
      if (wan.state().proving) wan.proved(GOOD);
      if (wan.body().since !== before) at.push(second);
      before = wan.body().since;
    }
    const gaps = at.slice(1).map((second, i) => second - (at[i] ?? 0));
    assert.ok(
      gaps.every((gap) => gap >= HOLD_MS / 1000),
      `gaps of ${gaps.join(', ')} s`,
    );
    assert.ok(at.length <= 20, `${at.length} changes in an hour`);
  });

  test('both links down and back: offline without a probe, then proved', () => {
    const wan = play();
    wan.links(ETH, CELL);
    wan.see({ on: 'SessionOpened' });
    wan.proved(GOOD);
    wan.pass(HOLD_MS);
    wan.orders();
    wan.links(DOWN, { ...CELL, up: false });
    assert.deepEqual([wan.body().cause, depths(wan.orders())], ['WAN_LINK_DOWN', []]);
    wan.see({ on: 'SessionClosed' });
    wan.pass(HOLD_MS);
    wan.links(DOWN, CELL);
    wan.proved(GOOD, 'wwan0');
    const effects = does(wan.orders());
    assert.ok(effects.includes('hurrySession') && effects.includes('tell'), effects.join());
    assert.equal(wan.word(), 'online');
  });

  test('without bytes for probes the free evidence decides, and that is reported once', () => {
    const wan = play(initialWan({ history: [], budget: { month: '2026-03', bytes: 999_000 } }));
    wan.links(ETH);
    wan.see({ on: 'SessionOpened' });
    wan.pass(HOLD_MS);
    wan.see({ on: 'Unanswered' });
    wan.see({ on: 'Unanswered' });
    const reported = wan.orders().flatMap((e) => (e.do === 'report' ? [e.code] : []));
    assert.deepEqual(reported, ['WAN_BUDGET_SPENT', 'WAN_ONLINE']);
    wan.see({ on: 'SessionClosed' });
    assert.deepEqual([wan.word() === 'online', wan.body().cause], [false, 'WAN_NO_ANSWER']);
    wan.see({ on: 'SessionOpened' });
    wan.pass(HOLD_MS);
    wan.see({ on: 'TimerFired', timer: 'hold' });
    assert.equal(wan.word(), 'online');
  });

  test('a new month gives new bytes, a clock that was set back does not', () => {
    const wan = play(initialWan({ history: [], budget: { month: '2026-04', bytes: 999_000 } }));
    wan.links(ETH);
    assert.deepEqual(depths(wan.orders()), []);
    const other = play(initialWan({ history: [], budget: { month: '2026-02', bytes: 999_000 } }));
    other.links(ETH);
    assert.deepEqual(depths(other.orders()), ['eth0 account']);
  });

  test('a broker that lets us in and hangs up costs one proof in a hold-down', () => {
    const wan = play();
    wan.links(ETH);
    wan.proved(GOOD);
    wan.orders();
    for (let n = 0; n < 20; n++) {
      wan.pass(1000);
      wan.see({ on: 'SessionOpened' });
      wan.see({ on: 'SessionClosed' });
    }
    assert.deepEqual(depths(wan.orders()), []);
  });

  test('what was saved is known after a start: history, since when, and the bytes of the month', () => {
    const wan = play();
    wan.links(ETH);
    wan.see({ on: 'SessionOpened' });
    wan.proved(GOOD);
    const saved = readSavedWan(savedText(wan.state()));
    assert.ok(saved.ok);
    const again = play(initialWan(saved.value));
    assert.equal(again.word(), 'connecting', 'it is not believed that nothing happened meanwhile');
    again.links(ETH);
    again.see({ on: 'SessionOpened' });
    assert.deepEqual([again.word(), again.causes(), again.state().budget.bytes], ['online', ['WAN_ONLINE'], 500]);
  });

  test('any event in any state: no throw, no mutation, one proof at a time', () => {
    const events = [
      { on: 'LinksRead', readings: [ETH, CELL] },
      { on: 'LinksRead', readings: [] },
      { on: 'LinksRead', readings: [DOWN, CELL] },
      { on: 'SessionOpened' },
      { on: 'SessionClosed' },
      { on: 'Unanswered' },
      { on: 'Answered' },
      { on: 'Proved', link: 'eth0', probes: SILENT, bytes: 1 },
      { on: 'Proved', link: 'none', probes: [], bytes: 1 },
      { on: 'Drilled', bytes: 1 },
      { on: 'TimerFired', timer: 'hold' },
      { on: 'TimerFired', timer: 'retry' },
      { on: 'TimerFired', timer: 'doubt' },
    ] as const;
    let states = [initialWan()];
    for (let depth = 0; depth < 3; depth++) {
      const next: Wan[] = [];
      for (const state of states)
        for (const event of events) {
          const before = JSON.stringify(state);
          const time = { wallMs: 1e12 + depth * 20_000, steadyMs: depth * 20_000, hasTarget: true };
          const [after, effects] = wanTransition(state, { ...event, ...time }, RULES);
          assert.equal(JSON.stringify(state), before);
          const probes = effects.filter((e) => e.do === 'probe').length;
          assert.ok(probes <= (state.proving === undefined || event.on === 'Proved' ? 1 : 0));
          next.push(after);
        }
      states = next;
    }
    assert.equal(states.length, events.length ** 3);
  });
});
