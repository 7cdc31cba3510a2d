import { assert, suite } from '@ewon-agent/contracts/testing';
import { DEVICE, link, OTHER_DEVICE } from '../testing/fixtures.ts';
import { brokerUrl, type Uplink, type UplinkEvent, uplinkTransition } from './uplink.ts';

const WALK = { link: link(), attempt: 0, told: [], returns: 0, jitter: 0.5 } as const;
const STATES: Record<string, Uplink> = {
  off: { at: 'off' },
  connecting: { at: 'connecting', ...WALK },
  online: { at: 'online', ...WALK, sinceMs: 0, told: ['UPLINK_ONLINE'] },
  'steady at the second': {
    ...{ at: 'online', ...WALK, sinceMs: 0, steady: true, attempt: 1, told: ['UPLINK_ONLINE'] },
  },
  waiting: { at: 'waiting', ...WALK, attempt: 3, told: ['UPLINK_UNREACHABLE'], trouble: 'UPLINK_UNREACHABLE' },
};

const down = (code: 'UPLINK_UNREACHABLE' | 'UPLINK_REFUSED', deviceId: string = DEVICE): UplinkEvent => ({
  on: 'Disconnected',
  deviceId,
  fault: { code, detail: '' },
  fraction: 0.5,
});
const EVENTS: Record<string, UplinkEvent> = {
  Linked: { on: 'Linked', link: link() },
  Unlinked: { on: 'Unlinked' },
  Connected: { on: 'Connected', deviceId: DEVICE, atMs: 5 },
  'Connected (other)': { on: 'Connected', deviceId: OTHER_DEVICE, atMs: 5 },
  unreachable: down('UPLINK_UNREACHABLE'),
  refused: down('UPLINK_REFUSED'),
  'unreachable (other)': down('UPLINK_UNREACHABLE', OTHER_DEVICE),
  'way found': { on: 'WayFound' },
  'timer uplink': { on: 'TimerFired', timer: 'uplink' },
  'timer health': { on: 'TimerFired', timer: 'health' },
};

const TABLE: Record<string, Record<string, string>> = {
  off: { Linked: 'connecting: openUplink' },
  connecting: {
    Unlinked: 'off: letSleep uplink, letSleep health, closeUplink',
    Connected: 'online: announce, report UPLINK_ONLINE, wake uplink 60000, wake health 900000',
    unreachable: 'waiting: report UPLINK_UNREACHABLE, letSleep health, wake uplink 1000',
    refused: 'waiting: report UPLINK_REFUSED, checkLink, letSleep health, wake uplink 1000',
    'way found': 'connecting: ',
  },
  online: {
    Unlinked: 'off: letSleep uplink, letSleep health, closeUplink',
    unreachable: 'waiting: report UPLINK_UNREACHABLE, letSleep health, wake uplink 1000',
    refused: 'waiting: report UPLINK_REFUSED, checkLink, letSleep health, wake uplink 1000',
    'timer uplink': 'online: ',
    'timer health': 'online: sendHealth, wake health 900000',
  },
  'steady at the second': {
    Unlinked: 'off: letSleep uplink, letSleep health, closeUplink',
    unreachable: 'waiting: report UPLINK_UNREACHABLE, letSleep health, wake uplink 1000',
    refused: 'waiting: report UPLINK_REFUSED, checkLink, letSleep health, wake uplink 1000',
    'timer uplink': 'connecting: letSleep health, closeUplink, openUplink',
    'timer health': 'online: sendHealth, wake health 900000',
  },
  waiting: {
    Unlinked: 'off: letSleep uplink, letSleep health, closeUplink',
    'way found': 'connecting: openUplink',
    'timer uplink': 'connecting: openUplink',
  },
};

function cell(state: Uplink, event: UplinkEvent): string {
  const [next, effects] = uplinkTransition(state, event);
  if (next === state && effects.length === 0) return '-';
  const told = effects.map((e) => {
    if (e.do === 'report') return `report ${e.code}`;
    if (e.do === 'wake') return `wake ${e.timer} ${e.afterMs}`;
    return e.do === 'letSleep' ? `letSleep ${e.timer}` : e.do;
  });
  return `${next.at}: ${told.join(', ')}`;
}

suite('uplink machine', (test) => {
  test('every cell of state × event is as the table says', () => {
    for (const [stateName, state] of Object.entries(STATES)) {
      for (const [eventName, event] of Object.entries(EVENTS)) {
        assert.equal(cell(state, event), TABLE[stateName]?.[eventName] ?? '-', `${stateName} × ${eventName}`);
      }
    }
  });

  test('a line that stays down is told once, not at each attempt', () => {
    const connecting: Uplink = { at: 'connecting', ...WALK, attempt: 4, told: ['UPLINK_UNREACHABLE'] };
    assert.equal(cell(connecting, down('UPLINK_UNREACHABLE')), 'waiting: letSleep health, wake uplink 16000');
    assert.equal(
      cell(connecting, down('UPLINK_REFUSED')),
      'waiting: report UPLINK_REFUSED, checkLink, letSleep health, wake uplink 16000',
    );
  });

  /** Reports of a story of sessions and failures, the timers in between fired. */
  const reports = (story: readonly ('in' | 'steady' | UplinkEvent)[]) => {
    const told: string[] = [];
    const step = (state: Uplink, event: UplinkEvent): Uplink => {
      const [next, effects] = uplinkTransition(state, event);
      told.push(...effects.flatMap((e) => (e.do === 'report' ? [e.code] : [])));
      return next;
    };
    let state: Uplink = { ...STATES['waiting'], attempt: 0, told: [] } as Uplink;
    for (const part of story) {
      if (state.at === 'waiting') state = step(state, { on: 'TimerFired', timer: 'uplink' });
      if (part === 'in') state = step(state, { on: 'Connected', deviceId: DEVICE, atMs: 0 });
      else state = step(state, part === 'steady' ? { on: 'TimerFired', timer: 'uplink' } : part);
    }
    return told;
  };
  const times = (count: number, ...parts: readonly ('in' | UplinkEvent)[]) =>
    Array.from({ length: count }, () => parts).flat();
  const [lost, refused] = [down('UPLINK_UNREACHABLE'), down('UPLINK_REFUSED')];

  test('50 attempts that fail, whatever the brokers of the list say in turn, are one line for each reason', () => {
    assert.deepEqual(reports(times(50, lost)), ['UPLINK_UNREACHABLE']);
    assert.deepEqual(reports([...times(50, lost, refused), 'in']), [
      'UPLINK_UNREACHABLE',
      'UPLINK_REFUSED',
      'UPLINK_ONLINE',
    ]);
  });

  test('a broker that lets us in and hangs up 50 times: three times told, and once more when a session holds', () => {
    const pair = ['UPLINK_ONLINE', 'UPLINK_UNREACHABLE'];
    assert.deepEqual(reports(times(50, 'in', lost)), [...pair, ...pair, ...pair]);
    assert.deepEqual(reports([...times(50, 'in', lost), 'in', 'steady']), [...pair, ...pair, ...pair, 'UPLINK_ONLINE']);
    assert.deepEqual(reports(['in', 'steady', lost, 'in', 'steady', lost]), [...pair, ...pair]);
    assert.deepEqual(
      reports(['in', ...times(9, lost), 'in']),
      [...pair, 'UPLINK_ONLINE'],
      'one long failure is no flapping',
    );
  });

  test('every fourth failure the account is asked, because a broker that moved cannot say so', () => {
    const asked = [0, 1, 2, 3, 4, 5, 6, 7].filter((attempt) => {
      const [, effects] = uplinkTransition({ at: 'connecting', ...WALK, attempt }, down('UPLINK_UNREACHABLE'));
      return effects.some((effect) => effect.do === 'checkLink');
    });
    assert.deepEqual(asked, [3, 7]);
  });

  test('a broker that lets us in and hangs up at once is called ever more seldom', () => {
    const pauses: number[] = [];
    let state: Uplink = { at: 'connecting', ...WALK };
    for (let n = 0; n < 12; n++) {
      const [online] = uplinkTransition(state, { on: 'Connected', deviceId: DEVICE, atMs: 0 });
      const [waiting, effects] = uplinkTransition(online, down('UPLINK_REFUSED'));
      pauses.push(...effects.flatMap((e) => (e.do === 'wake' ? [e.afterMs] : [])));
      [state] = uplinkTransition(waiting, { on: 'TimerFired', timer: 'uplink' });
    }
    assert.deepEqual(pauses.slice(0, 4), [1000, 2000, 4000, 8000]);
    assert.equal(pauses.at(-1), 150_000);
  });

  test('a session that lasted a minute was a good one: the next attempt comes soon', () => {
    const tired: Uplink = { at: 'online', ...WALK, sinceMs: 0, attempt: 7, told: ['UPLINK_ONLINE'] };
    const [steady] = uplinkTransition(tired, { on: 'TimerFired', timer: 'uplink' });
    assert.match(cell(steady, down('UPLINK_UNREACHABLE')), /wake uplink 1000$/);
  });

  test('a way out that was found is tried at once and from the first broker; an attempt that hangs on the one before costs no pause', () => {
    const waiting: Uplink = { at: 'waiting', ...WALK, attempt: 7, trouble: 'UPLINK_UNREACHABLE' };
    const [, opening] = uplinkTransition(waiting, { on: 'WayFound' });
    assert.deepEqual(opening, [{ do: 'openUplink', link: link(), attempt: 0 }]);
    const [hanging] = uplinkTransition({ at: 'connecting', ...WALK, attempt: 7 }, { on: 'WayFound' });
    assert.equal(
      cell(hanging, down('UPLINK_UNREACHABLE')),
      'waiting: report UPLINK_UNREACHABLE, letSleep health, wake uplink 1000',
    );
    const [failed] = uplinkTransition(hanging, down('UPLINK_UNREACHABLE'));
    const [again] = uplinkTransition(failed, { on: 'TimerFired', timer: 'uplink' });
    assert.match(cell(again, down('UPLINK_UNREACHABLE')), /wake uplink 1000$/, 'and then it is a failure as any other');
  });

  test('each failed attempt goes to the next broker of the list', () => {
    assert.deepEqual(
      [0, 1, 2].map((n) => brokerUrl(link(), n)),
      ['mqtts://a.test:8883', 'mqtts://b.test:8883', 'mqtts://a.test:8883'],
    );
  });

  /** Where attempts go and how long is waited, over a story; `later` fires the timer of uplink. */
  const walk = (story: readonly ('in' | 'later' | UplinkEvent)[]) => {
    const seen: string[] = [];
    let state = STATES['connecting'] ?? assert.fail();
    for (const part of story) {
      const event: UplinkEvent =
        part === 'in'
          ? { on: 'Connected', deviceId: DEVICE, atMs: 0 }
          : part === 'later'
            ? { on: 'TimerFired', timer: 'uplink' }
            : part;
      const [next, effects] = uplinkTransition(state, event);
      state = next;
      for (const effect of effects) {
        if (effect.do === 'openUplink') seen.push(new URL(brokerUrl(effect.link, effect.attempt)).hostname);
        if (effect.do === 'wake' && effect.timer === 'uplink') seen.push(`${effect.afterMs / 60_000} min`);
      }
    }
    return seen.filter((what) => what !== '1 min').map((what) => (Number.parseFloat(what) < 1 ? 'soon' : what));
  };

  test('the loss of a steady session begins with the first broker again, wherever it was', () => {
    assert.deepEqual(walk(['in', 'later', lost, 'later']), ['soon', 'a.test']);
    assert.deepEqual(walk([lost, 'later', 'in', 'later', lost, 'later']), [
      'soon',
      'b.test',
      '30 min',
      'soon',
      'a.test',
    ]);
  });

  test('a session at the second broker is ended for the first after a calm time', () => {
    const story = [lost, 'later', 'in', 'later', 'later', 'in', 'later'] as const;
    assert.deepEqual(walk(story), ['soon', 'b.test', '30 min', 'a.test']);
  });

  test('each look at a first broker that is away doubles the time to the next, up to a day; one that holds ends it', () => {
    const inVain = ['later', lost, 'later', 'in', 'later'] as const;
    const pauses = walk([lost, 'later', 'in', 'later', ...Array.from({ length: 8 }, () => inVain).flat()]);
    assert.deepEqual(
      pauses.filter((what) => what.endsWith('min')),
      [30, 60, 120, 240, 480, 960, 1440, 1440, 1440].map((minutes) => `${minutes} min`),
    );
    const held = ['later', 'in', 'later', lost, 'later', lost, 'later', 'in', 'later'] as const;
    assert.equal(walk([lost, 'later', 'in', 'later', ...inVain, ...held]).at(-1), '30 min');
  });

  test('a first broker that lets us in and hangs up is left for the second, and looked at ever more seldom', () => {
    const hostile = ['later', 'in', lost, 'later', 'in', 'later'] as const;
    const seen = walk(['in', lost, 'later', 'in', 'later', ...hostile, ...hostile]);
    const round = ['a.test', 'soon', 'b.test'];
    assert.deepEqual(seen, ['soon', 'b.test', '30 min', ...round, '60 min', ...round, '120 min']);
  });

  test('with one broker nothing is ever ended for another', () => {
    const one = { ...link(), mqtt: { ...link().mqtt, urls: ['mqtts://a.test:8883'] } };
    const online: Uplink = { at: 'online', ...WALK, link: one, sinceMs: 0, attempt: 5, told: ['UPLINK_ONLINE'] };
    assert.equal(cell(online, { on: 'TimerFired', timer: 'uplink' }), 'online: ');
  });
});
