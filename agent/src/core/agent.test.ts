import { type CardFiles, err, LED, ok, type Result, toUtf8 } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { grant, LOCATION, OTHER_DEVICE, SD0, USB1 } from '../testing/fixtures.ts';
import {
  type AgentContext,
  type AgentEffect,
  type AgentEvent,
  type AgentState,
  agentTransition,
  initialState,
} from './agent.ts';
import { ledOf, outcomeOf } from './led.ts';
import { ALL_ON } from './policy.ts';

const KEY = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV';
const OTHER_KEY = 'A01-ZZZZ456789ABCDEFGHIJKLMNOPQRSTUV';
const context: AgentContext = {
  device: { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) }, csr: 'CSR' },
  policy: { account: { directoryUrl: 'https://account.test/device/v1/directory', ca: 'PEM' } },
  slotsOff: new Set(),
  takesFiles: false,
  switches: ALL_ON,
};
const card = (key: string): Result<CardFiles> =>
  ok({ t2mTxt: toUtf8(`T2MKey:${key}\r\nT2MNote:line 4\r\n`), otherFiles: [] });
const inserted = (slot = SD0, insertion = 'i1'): AgentEvent => ({ on: 'CardInserted', slot, insertion });
const read = (result: Result<CardFiles>, slot = SD0, insertion = 'i1', requestId = 'r1'): AgentEvent => ({
  on: 'CardRead',
  slot,
  insertion,
  result,
  requestId,
});

/** Plays events from a state; answers where it ended and all that was ordered on the way. */
function play(events: readonly AgentEvent[], from: AgentState = initialState({ at: 'unregistered' })) {
  let state = from;
  const effects: AgentEffect[] = [];
  for (const event of events) {
    const [next, ordered] = agentTransition(state, event, context);
    state = next;
    effects.push(...ordered);
  }
  return {
    state,
    effects,
    did: effects.map((e) => (e.do === 'report' ? e.code : e.do === 'showLed' ? `led ${e.pattern}` : e.do)),
  };
}

const answer = { status: 'pending', code: 'REGISTRATION_PENDING', account: grant().account } as const;
const pended = (subject: string): AgentEvent => ({ on: 'RequestPended', subject, location: LOCATION, answer });
const registered = () =>
  play([
    { on: 'Started' },
    inserted(),
    read(card(KEY)),
    pended('r1'),
    { on: 'Granted', subject: LOCATION, grant: grant() },
  ]);

suite('the agent as a whole', (test) => {
  test('the main job: card in, request saved and sent, approved, uplink opened, LED from orange to green', () => {
    assert.deepEqual(registered().did, [
      'withholdEvents',
      'led running',
      'readCard',
      'SD_INSERTED',
      'led cardSeen',
      'CARD_USABLE',
      'SD_FILE_LOADED',
      'REGISTRATION_SENT',
      'sendRequest',
      'led cardWorking',
      'letSleep',
      'REGISTRATION_PENDING',
      'awaitDecision',
      'led cardOk',
      'letSleep',
      'REGISTERED',
      'openUplink',
      'wake',
    ]);
  });

  test('the key of the card is nowhere in state or effects', () => {
    const { state, effects } = registered();
    for (const text of [JSON.stringify(state), JSON.stringify(effects)]) {
      assert.ok(!text.includes(KEY) && !text.includes(KEY.slice(4, 20)));
    }
  });

  test('a card in a linked Ewon is not even read; it is told which account, and the LED stays as in normal running', () => {
    const { state, did } = play([{ on: 'CardRemoved', slot: SD0 }, inserted(SD0, 'i2')], registered().state);
    assert.deepEqual(did, ['SD_REMOVED', 'led running', 'SD_INSERTED', 'CARD_IGNORED_LINKED']);
    assert.match(outcomeOf(state.slots[SD0] ?? { at: 'empty' }, state.registration)?.detail ?? '', /account Acme/);
    assert.equal(ledOf(state), 'running');
  });

  test('a card that was being read when the approval came is ignored as well', () => {
    const { state, did } = play(
      [inserted(USB1, 'u1')],
      play([{ on: 'Started' }, inserted(), read(card(KEY)), pended('r1')]).state,
    );
    assert.deepEqual(did, ['readCard', 'USB_INSERTED', 'led cardSeen']);
    const later = play(
      [{ on: 'Granted', subject: LOCATION, grant: grant() }, read(card(OTHER_KEY), USB1, 'u1', 'r2')],
      state,
    );
    assert.ok(later.did.includes('CARD_IGNORED_LINKED') && !later.did.includes('sendRequest'));
  });

  test('200 plugs of the same card are one request', () => {
    const plugs = Array.from({ length: 200 }, (_, n): AgentEvent[] => [
      inserted(SD0, `i${n}`),
      read(card(KEY), SD0, `i${n}`, `r${n}`),
      { on: 'CardRemoved', slot: SD0 },
    ]);
    const { did } = play([{ on: 'Started' }, ...plugs.flat()]);
    assert.equal(did.filter((d) => d === 'sendRequest').length, 1);
    assert.equal(did.filter((d) => d === 'CARD_ALREADY_PENDING').length, 199);
  });

  test('the same key with another CA is another request: a corrected card gets past a request that trusts the wrong server', () => {
    const corrected = {
      ...context,
      policy: { account: { directoryUrl: 'https://account.test/device/v1/directory', ca: 'OTHER PEM' } },
    };
    const requesting = play([
      { on: 'Started' },
      inserted(),
      read(card(KEY)),
      { on: 'CardRemoved', slot: SD0 },
      inserted(SD0, 'i2'),
    ]).state;
    const [next] = agentTransition(requesting, read(card(KEY), SD0, 'i2', 'r2'), corrected);
    assert.equal(next.registration.at === 'requesting' && next.registration.request.requestId, 'r2');
  });

  test('of two different cards the one read last is asked with, and the other is told', () => {
    const { state, did } = play([
      { on: 'Started' },
      inserted(SD0),
      read(card(KEY)),
      inserted(USB1, 'u1'),
      read(card(OTHER_KEY), USB1, 'u1', 'r2'),
    ]);
    assert.equal(state.registration.at === 'requesting' && state.registration.request.requestId, 'r2');
    assert.equal(outcomeOf(state.slots[SD0] ?? { at: 'empty' }, state.registration)?.code, 'CARD_SUPERSEDED');
    assert.equal(outcomeOf(state.slots[USB1] ?? { at: 'empty' }, state.registration)?.code, 'REGISTRATION_SENT');
    assert.ok(did.includes('CARD_SUPERSEDED'));
  });

  test('a card pulled while it is read: told, back to empty, nothing sent when the answer comes late', () => {
    const { state, did } = play([{ on: 'Started' }, inserted(), { on: 'CardRemoved', slot: SD0 }, read(card(KEY))]);
    assert.ok(did.includes('CARD_GONE') && !did.includes('sendRequest'));
    assert.deepEqual(state.slots[SD0], { at: 'empty' });
    assert.equal(ledOf(state), 'running');
  });

  test('a refused card shows red until it is pulled', () => {
    const { state, did } = play([{ on: 'Started' }, inserted(), read(err('CARD_NOT_FAT', 'sector 0'))]);
    assert.equal(did.at(-1), 'led cardFailed');
    assert.equal(play([{ on: 'CardRemoved', slot: SD0 }], state).did.at(-1), 'led running');
  });

  test('an account that cannot be reached: green, the card may be pulled; an untrusted one: red', () => {
    const requesting = play([{ on: 'Started' }, inserted(), read(card(KEY))]).state;
    const trouble = (code: 'ACCOUNT_UNREACHABLE' | 'TLS_UNTRUSTED'): AgentEvent => ({
      on: 'Unreachable',
      subject: 'r1',
      fault: { code, detail: '' },
      fraction: 0,
      retryAfterMs: 0,
      atMs: 0,
    });
    assert.equal(ledOf(play([trouble('ACCOUNT_UNREACHABLE')], requesting).state), 'cardOk');
    assert.equal(ledOf(play([trouble('TLS_UNTRUSTED')], requesting).state), 'cardFailed');
  });

  test('a start on a linked Ewon opens the uplink', () => {
    const { registration } = registered().state;
    assert.deepEqual(play([{ on: 'Started' }], initialState(registration)).did, ['openUplink', 'wake', 'led running']);
  });

  test('forget closes the uplink at once and tells the account', () => {
    const { did, state } = play([{ on: 'ForgetOrdered' }], registered().state);
    assert.deepEqual(did, ['sendUnlink', 'letSleep', 'letSleep', 'closeUplink', 'letSleep']);
    assert.equal(state.uplink.at, 'off');
  });

  test('the account tells another broker: the session begins anew there; the same grant again changes nothing', () => {
    const online = play([{ on: 'Connected', deviceId: grant().deviceId, atMs: 0 }], registered().state).state;
    assert.deepEqual(play([{ on: 'Granted', subject: LOCATION, grant: grant() }], online).did, []);
    const moved = { ...grant(), mqtt: { ...grant().mqtt, urls: ['mqtts://moved.test:8883'] } };
    const { state, did, effects } = play([{ on: 'Granted', subject: LOCATION, grant: moved }], online);
    assert.deepEqual(did, ['letSleep', 'letSleep', 'closeUplink', 'openUplink']);
    assert.deepEqual(state.registration.at === 'registered' && state.registration.link.mqtt.urls, moved.mqtt.urls);
    assert.ok(effects.some((e) => e.do === 'openUplink' && e.link.mqtt.urls[0] === 'mqtts://moved.test:8883'));
    const foreign = { ...moved, deviceId: OTHER_DEVICE };
    assert.deepEqual(
      play([{ on: 'Granted', subject: LOCATION, grant: foreign }], online).did,
      [],
      'another name is not ours',
    );
  });

  test('a card without T2M.json needs a configured account', () => {
    const [state] = agentTransition(play([inserted()]).state, read(card(KEY)), { ...context, policy: {} });
    assert.equal(outcomeOf(state.slots[SD0] ?? { at: 'empty' }, state.registration)?.code, 'ACCOUNT_NOT_CONFIGURED');
  });

  test('the LED patterns have the timings of the genuine device', () => {
    assert.deepEqual(LED.cardSeen, { colour: 'orange', onMs: 150, offMs: 150 });
    assert.deepEqual(LED.cardWorking, { colour: 'orange', onMs: 1000, offMs: 1000 });
    assert.deepEqual([LED.cardOk.colour, LED.cardFailed.colour, LED.running.onMs], ['green', 'red', 500]);
  });
});
