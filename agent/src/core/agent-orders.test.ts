import { type CommandName, ok, type SlotId } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  AT,
  AT_MS,
  bytesOf,
  commandDocument,
  linkTrusting,
  policyDocument,
  signedAs,
  signer,
} from '../testing/account-signer.ts';
import { DEVICE, grant, LOCATION, OTHER_DEVICE, SD0, savedRequest, USB1 } from '../testing/fixtures.ts';
import { type AgentContext, type AgentEvent, type AgentState, agentTransition, initialState } from './agent.ts';
import { NO_ORDERS } from './orders.ts';
import { ALL_ON } from './policy.ts';

const account = signer(1);
const link = linkTrusting(account);
const context: AgentContext = {
  device: { jwk: signer(2).jwk, csr: 'CSR' },
  policy: {},
  slotsOff: new Set<SlotId>([USB1]),
  takesFiles: true,
  switches: ALL_ON,
};
const policy = signedAs(account, 'ewon-policy', policyDocument());
const received = (name: CommandName): AgentEvent => {
  const payload = bytesOf(signedAs(account, 'ewon-cmd', commandDocument(1, { name })));
  return { on: 'CommandReceived', deviceId: DEVICE, id: commandDocument().id, payload, atMs: AT_MS };
};
const turn: AgentEvent = { on: 'CommandTurn', atMs: AT_MS, bootId: 'b', board: ALL_ON };
const policyCame: AgentEvent = { on: 'PolicyReceived', deviceId: DEVICE, payload: bytesOf(policy), atMs: AT_MS };

function play(events: readonly AgentEvent[], from: AgentState = initialState({ at: 'registered', link })) {
  let state = from;
  const did: string[] = [];
  for (const event of events) {
    const [next, effects] = agentTransition(state, event, context);
    state = next;
    did.push(...effects.map((effect) => (effect.do === 'tellCommand' ? `tell ${effect.command.state}` : effect.do)));
  }
  return { state, did };
}
const settled = { at: 'settled', insertion: 'i', code: 'CARD_USABLE', detail: '' } as const;
const linked = play([policyCame]).state;

suite('orders of the account, among the machines', (test) => {
  test('forget: the end is saved with the unlinking, and told before it', () => {
    const { state, did } = play([received('forget'), turn, turn, turn], linked);
    assert.equal(state.registration.at, 'forgetting');
    assert.equal(state.orders, NO_ORDERS);
    assert.ok(
      did.indexOf('tell successful') < did.indexOf('sendUnlink') && did.includes('tell successful'),
      did.join(),
    );
  });

  test('rescan: what is in is read again, where cards are read; it ends when the last is done', () => {
    const from = { ...linked, slots: { [SD0]: settled, [USB1]: settled } };
    const begun = play([received('rescan'), turn, turn], from);
    assert.equal(begun.did.filter((effect) => effect === 'readCard').length, 1, 'USBConfigEnable is 0');
    assert.deepEqual([begun.state.slots[SD0]?.at, begun.state.slots[USB1]?.at], ['reading', 'settled']);
    assert.ok(!begun.did.includes('endCommand'));
    const read = { on: 'CardRead', slot: SD0, insertion: 'i', result: ok({ otherFiles: [] }), requestId: 'r' } as const;
    const ended = play([read, turn], begun.state);
    assert.equal(ended.did.filter((effect) => effect === 'endCommand').length, 1);
  });

  test('rescan of empty slots ends at once', () => {
    assert.ok(play([received('rescan'), turn, turn], linked).did.includes('endCommand'));
  });

  test('identify is seen on the LED while it is carried out, over a card that is done', () => {
    const from = { ...linked, slots: { [SD0]: settled } };
    const { state } = play([received('identify'), turn, turn], from);
    const [, effects] = agentTransition(state, { on: 'Started' }, context);
    const led = effects.find((effect) => effect.do === 'showLed');
    assert.equal(led?.do === 'showLed' ? led.pattern : undefined, 'identify');
  });

  test('the policy of the approval counts from then on; one of another link does not stay', () => {
    const pending = {
      at: 'pending',
      request: savedRequest(),
      location: LOCATION,
      code: 'REGISTRATION_PENDING',
    } as const;
    const before = initialState({ ...pending, account: grant().account, attempt: 0 });
    const told = { ...grant(), accountKeys: link.accountKeys, policy };
    const { state } = play([{ on: 'Granted', subject: LOCATION, grant: told }], before);
    assert.equal(state.orders.policy.policy?.issuedAt, AT);
    const refused: AgentEvent = { on: 'Refused', subject: LOCATION, fault: { code: 'UNLINKED', detail: '' }, atMs: 1 };
    assert.equal(play([refused], state).state.orders, NO_ORDERS);
  });

  test('at a connection the account is told what it may not have', () => {
    const known = play([received('status'), turn], linked).state;
    const opening = { at: 'connecting', link, attempt: 0, told: [], returns: 0, jitter: 0.5 } as const;
    const { did } = play([{ on: 'Connected', deviceId: DEVICE, atMs: 1 }], { ...known, uplink: opening });
    assert.deepEqual([did[0], did.includes('tell scheduled')], ['announce', true]);
  });

  test('what comes for another device, or without a link, changes nothing', () => {
    for (const event of [policyCame, received('forget')]) {
      const other = { ...event, deviceId: OTHER_DEVICE } as AgentEvent;
      assert.deepEqual(play([other], linked), { state: linked, did: [] });
      const unlinked = initialState({ at: 'unregistered' });
      assert.deepEqual(play([event], unlinked), { state: unlinked, did: [] });
    }
  });
});
