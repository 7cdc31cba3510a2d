import { type CardManifest, type Code, grkIdOf, jwkOf, parseGrk, sha256Hex, toUtf8 } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { formatT2mJson } from '@ewon-agent/sdcard-tools/core/t2m-json';
import nacl from 'tweetnacl';
import { grant, LOCATION, SD0 } from '../testing/fixtures.ts';
import { type AgentContext, type AgentEffect, type AgentEvent, agentTransition, initialState } from './agent.ts';
import { ledOf } from './led.ts';
import { ALL_ON } from './policy.ts';

const GRK = assertOk(parseGrk('A01-0123456789ABCDEFGHIJKLMNOPQRSTUV'));
const keys = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(7));
const context: AgentContext = {
  device: { jwk: jwkOf(keys.publicKey), csr: 'CSR' },
  policy: {},
  slotsOff: new Set(),
  takesFiles: false,
  switches: ALL_ON,
};
const answer = { status: 'pending', code: 'REGISTRATION_PENDING', account: grant().account } as const;
const PENDED: AgentEvent = { on: 'RequestPended', subject: 'r1', location: LOCATION, answer };
const UNREACHABLE: AgentEvent = {
  on: 'Unreachable',
  subject: 'r1',
  fault: { code: 'ACCOUNT_UNREACHABLE', detail: '' },
  fraction: 0,
  retryAfterMs: 0,
  atMs: 0,
};

function cardThatAsks(wishes: { receipt: boolean; wipe: boolean }): AgentEvent {
  const t2mTxt = toUtf8(`T2MKey:${GRK}\r\n`);
  const manifest: CardManifest = {
    v: 1,
    accountUrl: 'https://account.test/device/v1/directory',
    accountCa: '-----BEGIN CERTIFICATE-----\n',
    accountKey: jwkOf(keys.publicKey),
    grkId: grkIdOf(GRK),
    t2mSha256: sha256Hex(t2mTxt),
    notBefore: '2026-03-01T12:00:00.000Z',
    ...wishes,
  };
  const files = { t2mTxt, t2mJson: formatT2mJson(manifest, keys.secretKey), otherFiles: [] };
  return { on: 'CardRead', slot: SD0, insertion: 'i1', result: { ok: true, value: files }, requestId: 'r1' };
}

/** Plays events on an Ewon with a card in sd0; each order on the card is answered at once, by the fault that is given (`at` one outcome only). */
function play(card: AgentEvent, events: readonly AgentEvent[], fault?: { code: Code; detail: string }, at?: Code) {
  let state = initialState({ at: 'unregistered' });
  const did: string[] = [];
  const queue: AgentEvent[] = [{ on: 'CardInserted', slot: SD0, insertion: 'i1' }, card, ...events];
  for (let event = queue.shift(); event; event = queue.shift()) {
    const [next, effects] = agentTransition(state, event, context);
    state = next;
    for (const effect of effects) did.push(nameOf(effect));
    for (const effect of effects) {
      if (effect.do !== 'markCard') continue;
      assert.equal(ledOf(state), 'cardWorking'); // who sees green pulls the card
      const { do: _, grkId: __, ...what } = effect;
      queue.unshift({ on: 'CardMarked', ...what, ...(fault && (!at || what.receipt === at) && { fault }) });
    }
  }
  return { state, did, marks: did.filter((d) => /^(mark|CARD_RECEIPT|CARD_WIPED|CARD_UNWRITABLE)/.test(d)) };
}

function nameOf(effect: AgentEffect): string {
  if (effect.do === 'report') return effect.code;
  if (effect.do !== 'markCard') return effect.do;
  return ['mark', effect.receipt, effect.wipe && 'wipe'].filter(Boolean).join(' ');
}

suite('what is left on a card', (test) => {
  test('a card that asks for nothing is not written', () => {
    assert.deepEqual(play(cardThatAsks({ receipt: false, wipe: false }), [PENDED]).marks, []);
  });

  test('each new outcome is a receipt, and the key is wiped once, when the account has the request', () => {
    const granted: AgentEvent = { on: 'Granted', subject: LOCATION, grant: grant() };
    const { marks, state } = play(cardThatAsks({ receipt: true, wipe: true }), [
      UNREACHABLE,
      UNREACHABLE,
      PENDED,
      granted,
    ]);
    assert.deepEqual(marks, [
      'mark ACCOUNT_UNREACHABLE',
      'CARD_RECEIPT_WRITTEN',
      'mark REGISTRATION_PENDING wipe',
      'CARD_RECEIPT_WRITTEN',
      'CARD_WIPED',
      'mark REGISTERED',
      'CARD_RECEIPT_WRITTEN',
    ]);
    assert.equal(ledOf(state), 'cardOk');
  });

  test('a refused key gets its receipt, and is not wiped', () => {
    const refused: AgentEvent = { on: 'Refused', subject: 'r1', fault: { code: 'GRK_REVOKED', detail: '' }, atMs: 1 };
    assert.deepEqual(play(cardThatAsks({ receipt: true, wipe: true }), [refused]).marks, [
      'mark GRK_REVOKED',
      'CARD_RECEIPT_WRITTEN',
    ]);
  });

  test('a key that is to be wiped without a receipt is wiped', () => {
    assert.deepEqual(play(cardThatAsks({ receipt: false, wipe: true }), [PENDED]).marks, ['mark wipe', 'CARD_WIPED']);
  });

  test('a card that cannot be written is told, and the registration goes on', () => {
    const fault = { code: 'CARD_UNWRITABLE', detail: 'EROFS' } as const;
    const { marks, state } = play(cardThatAsks({ receipt: true, wipe: true }), [PENDED], fault);
    assert.deepEqual(marks, ['mark REGISTRATION_PENDING wipe', 'CARD_UNWRITABLE']);
    assert.equal(state.registration.at, 'pending');
    assert.equal(ledOf(state), 'cardOk');
  });

  test('a key that could not be wiped is wiped at the next outcome, and not tried over and over until then', () => {
    const fault = { code: 'FIRMWARE_UNREACHABLE', detail: '' } as const;
    const granted: AgentEvent = { on: 'Granted', subject: LOCATION, grant: grant() };
    const still: AgentEvent = { on: 'StillPending', subject: LOCATION, code: 'REGISTRATION_PENDING', retryAfterMs: 0 };
    const card = cardThatAsks({ receipt: true, wipe: true });
    const { marks } = play(card, [PENDED, still, still, granted], fault, 'REGISTRATION_PENDING');
    assert.deepEqual(marks, [
      'mark REGISTRATION_PENDING wipe',
      'mark REGISTERED wipe',
      'CARD_RECEIPT_WRITTEN',
      'CARD_WIPED',
    ]);
  });

  test('an answer about a card that was pulled meanwhile changes nothing', () => {
    const card = cardThatAsks({ receipt: true, wipe: true });
    const { state } = play(card, [PENDED, { on: 'CardRemoved', slot: SD0 }]);
    const late: AgentEvent = { on: 'CardMarked', slot: SD0, insertion: 'i1', receipt: 'REGISTERED' };
    assert.deepEqual(agentTransition(state, late, context), [{ ...state, slots: { [SD0]: { at: 'empty' } } }, []]);
  });

  test('after a start with the wiped card still in, the Ewon that used it shows green, another one red', () => {
    const spent: AgentEvent = {
      on: 'CardRead',
      slot: SD0,
      insertion: 'i1',
      result: { ok: true, value: { otherFiles: [], hasReceipts: true } },
      requestId: 'r2',
    };
    const { registration } = play(cardThatAsks({ receipt: true, wipe: true }), [PENDED]).state;
    const inserted: AgentEvent = { on: 'CardInserted', slot: SD0, insertion: 'i1' };
    for (const [at, led] of [
      [registration, 'cardOk'],
      [{ at: 'unregistered' }, 'cardFailed'],
    ] as const) {
      const [reading] = agentTransition(initialState(at), inserted, context);
      const [settled, effects] = agentTransition(reading, spent, context);
      assert.equal(ledOf(settled), led);
      assert.ok(effects.map(nameOf).includes('CARD_SPENT'));
    }
  });
});
