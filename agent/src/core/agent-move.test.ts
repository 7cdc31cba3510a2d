import { commandIdFrom, type SlotId, timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  AT_MS,
  bytesOf,
  commandDocument,
  linkTrusting,
  moveCommand,
  policyDocument,
  signedAs,
  signer,
} from '../testing/account-signer.ts';
import {
  ACCOUNT,
  DEVICE,
  grant,
  LOCATION,
  OTHER_ACCOUNT,
  OTHER_DEVICE,
  OTHER_LOCATION,
  otherGrant,
} from '../testing/fixtures.ts';
import {
  type AgentContext,
  type AgentEffect,
  type AgentEvent,
  type AgentState,
  agentTransition,
  initialState,
} from './agent.ts';
import { commandIn } from './command-book.ts';
import { documentOf, readDocument } from './document.ts';
import { ledOf } from './led.ts';
import { NO_ORDERS } from './orders.ts';
import { ALL_ON } from './policy.ts';
import { statusOf } from './status.ts';

// The command `move` among the machines: what its account is told, what the other one is, and in which order.

const [account, other] = [signer(1), signer(3)];
const link = linkTrusting(account);
const context: AgentContext = {
  ...{ device: { jwk: signer(2).jwk, csr: 'CSR' }, policy: {}, slotsOff: new Set<SlotId>(), takesFiles: false },
  switches: ALL_ON,
};
const turn: AgentEvent = { on: 'CommandTurn', atMs: AT_MS, bootId: 'b', board: ALL_ON };
const received = (document: ReturnType<typeof commandDocument>): AgentEvent => {
  const payload = bytesOf(signedAs(account, 'ewon-cmd', document));
  return { on: 'CommandReceived', deviceId: DEVICE, id: document.id, payload, atMs: AT_MS };
};
const move = moveCommand(other);
const policyCame = (remoteManagement = true): AgentEvent => {
  const payload = bytesOf(signedAs(account, 'ewon-policy', policyDocument({ remoteManagement })));
  return { on: 'PolicyReceived', deviceId: DEVICE, payload, atMs: AT_MS };
};
const theirPolicy = signedAs(other, 'ewon-policy', policyDocument({ accountId: OTHER_ACCOUNT, version: 2 }));
const granted = { ...otherGrant(), accountKeys: [other.jwk], policy: theirPolicy };

function play(events: readonly AgentEvent[], from: AgentState = initialState({ at: 'registered', link })) {
  let state = from;
  const effects: AgentEffect[] = [];
  for (const event of events) {
    const [next, ordered] = agentTransition(state, event, context);
    state = next;
    effects.push(...ordered);
  }
  return { state, effects, did: effects.map(worded) };
}
function worded(effect: AgentEffect): string {
  if (effect.do === 'tellCommand') return `tell ${effect.link.account.name} ${effect.command.state}`;
  if (effect.do === 'openUplink' || effect.do === 'sendUnlink') return `${effect.do} ${effect.link.account.name}`;
  if (effect.do === 'wake' || effect.do === 'letSleep') return `${effect.do} ${effect.timer}`;
  return effect.do === 'report' ? effect.code : effect.do;
}

const online = play([{ on: 'Started' }, { on: 'Connected', deviceId: DEVICE, atMs: AT_MS }, policyCame()]).state;
const begun = play([received(move), turn, turn], online);
const subjectOf = ({ registration }: AgentState) =>
  registration.at === 'registered' ? (registration.moving?.request.requestId ?? '') : '';
const subject = subjectOf(begun.state);
const moved: AgentEvent = {
  ...{ on: 'Moved', subject, location: OTHER_LOCATION, grant: granted, atMs: AT_MS + 1 },
};
const refused: AgentEvent = {
  ...{ on: 'Refused', subject, fault: { code: 'MOVE_UNKNOWN', detail: 'no' }, atMs: AT_MS + 1 },
};
const reasonIn = (state: AgentState, id = move.id) => {
  const command = commandIn(state.orders.book, id);
  return [command?.state, command?.reason];
};

suite('ordered to another account', (test) => {
  test('the order is executing as long as the other account is asked, and the Ewon is online as ever', () => {
    assert.deepEqual(begun.did.slice(-4), ['turnCommands', 'letSleep registration', 'MOVE_SENT', 'sendMove']);
    assert.equal(begun.state.uplink, online.uplink);
    assert.equal(ledOf(begun.state), ledOf(online));
    assert.match(subject, /^[A-Za-z0-9_-]{22}$/);
    assert.deepEqual(play([turn], begun.state), { state: begun.state, effects: [], did: [] });
  });

  test('the order is saved with what is to be sent, and goes on after a start of the agent', () => {
    const saved = documentOf({ bootCount: 1, registration: begun.state.registration, orders: begun.state.orders });
    const read = readDocument(saved);
    assert.ok(read.ok);
    const started = play(
      [{ on: 'Started' }, { on: 'BoardStarted', bootId: 'b2', atMs: AT_MS }],
      initialState(read.value.registration, read.value.orders),
    );
    assert.deepEqual(started.did.slice(0, 2), ['sendMove', 'openUplink Acme']);
    assert.deepEqual(reasonIn(started.state), ['executing', undefined]);
    assert.equal(subjectOf(started.state), subject);
    const lost = play(
      [{ on: 'BoardStarted', bootId: 'b2', atMs: AT_MS }],
      initialState({ at: 'registered', link }, begun.state.orders),
    );
    assert.deepEqual(reasonIn(lost.state), ['failed', 'COMMAND_INTERRUPTED'], 'an older agent forgot it');
  });

  test('granted: its account hears the end, its session is closed, and only then is something kept for the other', () => {
    const { state, did, effects } = play([moved], begun.state);
    assert.deepEqual(did, [
      'tell Acme successful',
      ...['letSleep uplink', 'letSleep health', 'closeUplink', 'letSleep renewal'],
      ...['openUplink Globex', 'wake renewal'],
      ...['letSleep registration', 'withholdEvents', 'MOVED', 'sendUnlink Acme', 'POLICY_TAKEN'],
    ]);
    const [told] = effects;
    assert.deepEqual(told?.do === 'tellCommand' && told.command.result, {
      accountId: OTHER_ACCOUNT,
      accountName: 'Globex',
    });
    assert.deepEqual([state.orders.book, state.orders.policy.policy?.version], [NO_ORDERS.book, 2]);
    assert.equal(ledOf(state), 'running');
    const connected = play([{ on: 'Connected', deviceId: OTHER_DEVICE, atMs: AT_MS }], state).state;
    assert.equal(connected.uplink.at === 'online' && connected.uplink.link.account.name, 'Globex');
  });

  test('what comes late from the account it was in changes nothing of the other', () => {
    const { state } = play([moved, { on: 'Connected', deviceId: OTHER_DEVICE, atMs: AT_MS }], begun.state);
    const late: readonly AgentEvent[] = [
      policyCame(false),
      received(commandDocument(7, { name: 'forget' })),
      { on: 'Connected', deviceId: DEVICE, atMs: AT_MS },
      { on: 'Disconnected', deviceId: DEVICE, fault: { code: 'UPLINK_UNREACHABLE', detail: '' }, fraction: 0.5 },
      { on: 'CertificateOffered', subject: LOCATION, grant: grant() },
      moved,
      refused,
    ];
    for (const event of late) assert.deepEqual(play([event], state), { state, effects: [], did: [] }, event.on);
    const { state: parted, did } = play(
      [{ on: 'Refused', subject: LOCATION, fault: { code: 'UNLINKED', detail: '' }, atMs: AT_MS }],
      state,
    );
    assert.deepEqual(did, ['letSleep registration', 'MOVE_TOLD']);
    assert.equal(parted.uplink, state.uplink);
  });

  test('refused: the command has failed with that, and the Ewon stays', () => {
    const { state, did } = play([refused], begun.state);
    assert.deepEqual(did, ['letSleep registration', 'tell Acme failed', 'MOVE_UNKNOWN', 'turnCommands']);
    assert.deepEqual(reasonIn(state), ['failed', 'MOVE_UNKNOWN']);
    assert.deepEqual([state.registration, state.uplink], [online.registration, online.uplink]);
  });

  test('other commands do not wait for it: it can be restarted, or taken away by its account', () => {
    const reboot = commandDocument(8, { name: 'reboot' });
    const { state } = play([received(reboot), turn, turn], begun.state);
    assert.deepEqual([reasonIn(state)[0], reasonIn(state, reboot.id)[0]], ['executing', 'executing']);
    const restarted = play([{ on: 'Started' }, { on: 'BoardStarted', bootId: 'b2', atMs: AT_MS }], state);
    assert.deepEqual(
      [reasonIn(restarted.state)[0], reasonIn(restarted.state, reboot.id)[0]],
      ['executing', 'successful'],
    );
    assert.ok(restarted.did.includes('sendMove'));
    const forgotten = play([received(commandDocument(9, { name: 'forget' })), turn, turn, turn], begun.state);
    assert.deepEqual([forgotten.state.registration.at, forgotten.state.orders], ['forgetting', NO_ORDERS]);
  });

  const laterId = commandIdFrom(new Uint8Array(17).fill(9));
  const issued = (document: typeof move, atMs: number) => ({ ...document, issuedAt: timestampOf(atMs) });

  test('a newer order takes the place of one that nobody answers, and asks under an id of its own', () => {
    const newer = issued(moveCommand(other, laterId), AT_MS + 1);
    const { state, did } = play([received(newer), turn, turn], begun.state);
    assert.deepEqual(did.slice(did.indexOf('letSleep registration')), [
      ...['letSleep registration', 'MOVE_SENT', 'sendMove', 'tell Acme failed', 'MOVE_SUPERSEDED', 'turnCommands'],
    ]);
    assert.deepEqual(
      [reasonIn(state), reasonIn(state, newer.id)],
      [
        ['failed', 'MOVE_SUPERSEDED'],
        ['executing', undefined],
      ],
    );
    assert.notEqual(subjectOf(state), subject);
    assert.deepEqual(play([moved, refused], state), { state, effects: [], did: [] }, 'an answer to the one before');
    const ofNewer = { ...moved, subject: subjectOf(state) } as AgentEvent;
    assert.equal(play([ofNewer], state).did[0], 'tell Acme successful');
  });

  test('an older order that is delivered late is not carried out', () => {
    const older = issued(moveCommand(other, laterId), AT_MS - 1);
    const { state, did } = play([received(older), turn, turn], begun.state);
    assert.deepEqual(reasonIn(state, older.id), ['failed', 'MOVE_SUPERSEDED']);
    assert.ok(!did.includes('sendMove'));
    assert.deepEqual([state.registration, subjectOf(state)], [begun.state.registration, subject]);
  });

  test('a newer order that cannot be begun leaves the one that is under way', () => {
    const pinned = { ...context, policy: { pinnedKey: other.jwk } };
    const newer = issued(moveCommand(signer(5), laterId), AT_MS + 1);
    let state = begun.state;
    for (const event of [received(newer), turn, turn]) [state] = agentTransition(state, event, pinned);
    assert.deepEqual(reasonIn(state, newer.id), ['failed', 'MOVE_PINNED']);
    assert.deepEqual([reasonIn(state)[0], subjectOf(state)], ['executing', subject]);
  });

  test('with a clock at 1970 it expires by what the account has signed since', () => {
    const away = (from: AgentState) =>
      play(
        [
          {
            ...{ on: 'Unreachable', subject, fault: { code: 'ACCOUNT_UNREACHABLE', detail: 'x' }, fraction: 0.5 },
            ...{ retryAfterMs: 0, atMs: 0 },
          },
        ],
        from,
      ).state;
    assert.deepEqual(reasonIn(away(begun.state)), ['executing', undefined]);
    const after = Date.parse(move.expiresAt);
    const ordered = received(issued(commandDocument(7, { expiresAt: timestampOf(after + 1) }), after));
    assert.deepEqual(reasonIn(away(play([ordered], begun.state).state)), ['failed', 'ACCOUNT_UNREACHABLE']);
  });

  test('another account answers: the command has failed, and its policy counts for nothing', () => {
    const stranger = { ...moved, grant: { ...granted, accountKeys: [signer(5).jwk] } } as AgentEvent;
    const { state, did } = play([stranger], begun.state);
    assert.deepEqual(reasonIn(state), ['failed', 'MOVE_FOREIGN']);
    assert.ok(!did.some((what) => what.startsWith('POLICY_')), did.join());
    assert.equal(state.orders.policy, begun.state.orders.policy);
  });

  const wrong: Readonly<Record<string, readonly [object, string]>> = {
    'a wrong address': [{ directoryUrl: 'http://other.test' }, 'COMMAND_ARGUMENTS_BAD'],
    'an address that is none': [{ directoryUrl: 'https://other.test:99999/directory' }, 'COMMAND_ARGUMENTS_BAD'],
    'no key': [{ accountKey: '' }, 'COMMAND_ARGUMENTS_BAD'],
    'more than is asked for': [{ seconds: 1 }, 'COMMAND_ARGUMENTS_BAD'],
    'the account it is in': [{ accountId: ACCOUNT }, 'COMMAND_ARGUMENTS_BAD'],
  };
  for (const [what, [change, code]] of Object.entries(wrong))
    test(`ordered with ${what}: ${code}, and nobody is asked`, () => {
      const document = { ...move, arguments: { ...move.arguments, ...change } };
      const { state, did } = play([received(document), turn, turn], online);
      assert.deepEqual(reasonIn(state), ['failed', code]);
      assert.ok(!did.includes('sendMove'));
    });

  test('with remote management off, or after its time, it is not begun', () => {
    const off = play([policyCame(false), received(move), turn, turn], play([{ on: 'Started' }]).state);
    assert.deepEqual(reasonIn(off.state), ['failed', 'REMOTE_MANAGEMENT_OFF']);
    const late = play([{ ...received(move), atMs: Date.parse(move.expiresAt) } as AgentEvent], online);
    assert.deepEqual(reasonIn(late.state), ['failed', 'COMMAND_EXPIRED']);
    assert.ok(![...off.did, ...late.did].includes('sendMove'));
  });

  test('the configuration pins the key of an account: only to one with that key', () => {
    for (const [pinnedKey, state] of [
      [account.jwk, 'failed'],
      [other.jwk, 'executing'],
    ] as const) {
      const pinned = { ...context, policy: { pinnedKey } };
      let [at] = agentTransition(online, received(move), pinned);
      for (const event of [turn, turn, turn]) [at] = agentTransition(at, event, pinned);
      assert.deepEqual(reasonIn(at), [state, state === 'failed' ? 'MOVE_PINNED' : undefined]);
      assert.equal(subjectOf(at) === '', state === 'failed');
    }
  });

  test('forgotten at its console on the way: the other account is not asked any more, the old one is told', () => {
    const { state, did } = play([{ on: 'ForgetOrdered' }, moved], begun.state);
    assert.equal(state.registration.at, 'forgetting');
    assert.deepEqual(did.slice(0, 2), ['letSleep registration', 'sendUnlink Acme']);
    assert.equal(state.orders, NO_ORDERS);
  });

  test('a person sees where it is going, and which account does not know yet', () => {
    const facts = { agentVersion: '1', fingerprint: 'f', slots: [], bootCount: 1, events: [] };
    const told = (state: AgentState) => statusOf(state, facts as never).registration;
    assert.deepEqual(
      [told(begun.state).account, told(begun.state).moving?.account, told(begun.state).former],
      ['Acme', 'Globex', undefined],
    );
    const { state } = play([moved], begun.state);
    const trouble: AgentEvent = {
      ...{ on: 'Unreachable', subject: LOCATION, fault: { code: 'ACCOUNT_UNREACHABLE', detail: 'x' }, fraction: 0.5 },
      ...{ retryAfterMs: 0, atMs: AT_MS },
    };
    const there = told(play([trouble], state).state);
    assert.deepEqual([there.account, there.moving], ['Globex', undefined]);
    assert.deepEqual([there.former?.account, there.former?.last?.code], ['Acme', 'ACCOUNT_UNREACHABLE']);
  });
});
