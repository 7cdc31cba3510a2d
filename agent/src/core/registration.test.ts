import type { Code } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  grant,
  LOCATION,
  link,
  OTHER_LOCATION,
  otherGrant,
  otherLink,
  savedMove,
  savedRequest,
  savedWizard,
} from '../testing/fixtures.ts';
import {
  type Registration,
  type RegistrationEvent,
  transition,
  whyCardIsIgnored,
  whyOfferIsRefused,
  whyWizardIsRefused,
  wizardRequestId,
} from './registration.ts';

const request = savedRequest(1);
const account = grant().account;
const AT = Date.parse('2026-03-01T12:00:00Z');
const fault = (code: Code) => ({
  code,
  detail: 'x',
});

const STATES: Record<string, Registration> = {
  unregistered: { at: 'unregistered' },
  requesting: { at: 'requesting', request, attempt: 0 },
  pending: { at: 'pending', request, location: LOCATION, account, code: 'REGISTRATION_PENDING', attempt: 0 },
  joining: { at: 'joining', request: savedWizard(), attempt: 0 },
  registered: { at: 'registered', link: link() },
  forgetting: { at: 'forgetting', link: link(), attempt: 0 },
  moving: { at: 'registered', link: link(), moving: { request: savedMove(), attempt: 0 } },
  moved: { at: 'registered', link: otherLink(), former: { link: link(), attempt: 0, leftovers: true } },
  'moving on': {
    ...{ at: 'registered', link: otherLink(), former: { link: link(), attempt: 3 } },
    moving: { request: savedMove(), attempt: 0 },
  },
};

const answer = { status: 'pending', code: 'REGISTRATION_PENDING', account } as const;
const EVENTS: Record<string, RegistrationEvent> = {
  Started: { on: 'Started' },
  CardOffered: { on: 'CardOffered', request: savedRequest(2) },
  WizardOrdered: { on: 'WizardOrdered', request: savedWizard('wizard-2'), secret: { password: 'tr0ub4dor&3' } },
  Joined: { on: 'Joined', subject: 'wizard-1', location: LOCATION, grant: grant() },
  'Refused (wizard)': { on: 'Refused', subject: 'wizard-1', fault: fault('NAME_TAKEN'), atMs: AT },
  'Unreachable (wizard)': {
    ...{
      on: 'Unreachable',
      subject: 'wizard-1',
      fault: fault('ACCOUNT_UNREACHABLE'),
      fraction: 0.5,
      retryAfterMs: 0,
      atMs: AT,
    },
  },
  RequestPended: { on: 'RequestPended', subject: request.requestId, location: LOCATION, answer },
  StillPending: { on: 'StillPending', subject: LOCATION, code: 'REPLACE_PROPOSED', retryAfterMs: 5000 },
  Granted: { on: 'Granted', subject: LOCATION, grant: grant() },
  'Refused (request)': { on: 'Refused', subject: request.requestId, fault: fault('GRK_UNKNOWN'), atMs: AT },
  'Refused (location)': { on: 'Refused', subject: LOCATION, fault: fault('REJECTED'), atMs: AT },
  'Refused (unlinked)': { on: 'Refused', subject: LOCATION, fault: fault('UNLINKED'), atMs: AT },
  'Unreachable (request)': {
    on: 'Unreachable',
    subject: request.requestId,
    fault: fault('ACCOUNT_UNREACHABLE'),
    fraction: 0.5,
    retryAfterMs: 0,
    atMs: AT,
  },
  'Unreachable (location)': {
    on: 'Unreachable',
    subject: LOCATION,
    fault: fault('ACCOUNT_UNREACHABLE'),
    fraction: 0.5,
    retryAfterMs: 0,
    atMs: AT,
  },
  TimerFired: { on: 'TimerFired' },
  ForgetOrdered: { on: 'ForgetOrdered' },
  MoveOrdered: { on: 'MoveOrdered', request: savedRequest(2) },
  UnlinkDone: { on: 'UnlinkDone', subject: LOCATION, atMs: AT },
  'Refused (quarantine)': { on: 'Refused', subject: LOCATION, fault: fault('IDENTITY_QUARANTINED'), atMs: AT },
  'Refused (unlinked there)': { on: 'Refused', subject: OTHER_LOCATION, fault: fault('UNLINKED'), atMs: AT },
  'Granted (there)': { on: 'Granted', subject: OTHER_LOCATION, grant: { ...otherGrant(), name: 'press-5' } },
  SessionHeld: { on: 'SessionHeld' },
  CertificateProved: { on: 'CertificateProved', subject: LOCATION, certificate: 'CERT' },
  'CertificateProved (there)': { on: 'CertificateProved', subject: OTHER_LOCATION, certificate: 'OTHER CERT' },
  MoveCommanded: { on: 'MoveCommanded', request: savedMove(2), atMs: AT },
  Moved: { on: 'Moved', subject: 'move-1', location: OTHER_LOCATION, grant: otherGrant(), atMs: AT },
  'Moved (another account)': {
    ...{ on: 'Moved', subject: 'move-1', location: OTHER_LOCATION, atMs: AT },
    grant: { ...otherGrant(), account: grant().account },
  },
  'Moved (another key)': {
    ...{ on: 'Moved', subject: 'move-1', location: OTHER_LOCATION, atMs: AT },
    grant: { ...otherGrant(), accountKeys: [] },
  },
  'Refused (move)': { on: 'Refused', subject: 'move-1', fault: fault('MOVE_UNKNOWN'), atMs: AT },
  'Unreachable (move)': {
    ...{ on: 'Unreachable', subject: 'move-1', fault: fault('ACCOUNT_UNREACHABLE'), fraction: 0.5, retryAfterMs: 0 },
    atMs: AT,
  },
  'Unreachable (move, too late)': {
    ...{ on: 'Unreachable', subject: 'move-1', fault: fault('ACCOUNT_UNREACHABLE'), fraction: 0.5, retryAfterMs: 0 },
    atMs: Date.parse(savedMove().expiresAt) - 1000,
  },
};

// one cell per state and event: next state, then the effects in order; '-' keeps the state and does nothing
const TABLE: Record<string, Record<string, string>> = {
  unregistered: {
    Started: 'unregistered: withholdEvents',
    CardOffered: 'requesting: report REGISTRATION_SENT, sendRequest',
    MoveOrdered: 'requesting: report REGISTRATION_SENT, sendRequest',
    WizardOrdered: 'joining: letSleep, report REGISTRATION_SENT, sendWizard',
  },
  requesting: {
    Started: 'requesting: sendRequest',
    TimerFired: 'requesting: sendRequest',
    CardOffered: 'requesting: letSleep, report CARD_SUPERSEDED, report REGISTRATION_SENT, sendRequest',
    MoveOrdered: 'requesting: letSleep, report CARD_SUPERSEDED, report REGISTRATION_SENT, sendRequest',
    WizardOrdered: 'joining: letSleep, report REGISTRATION_SENT, sendWizard',
    RequestPended: 'pending: letSleep, report REGISTRATION_PENDING, awaitDecision',
    'Refused (request)': 'unregistered: letSleep, report GRK_UNKNOWN',
    'Unreachable (request)': 'requesting: report ACCOUNT_UNREACHABLE, wake 1000',
    ForgetOrdered: 'unregistered: letSleep, report FORGOTTEN',
  },
  pending: {
    Started: 'pending: awaitDecision',
    TimerFired: 'pending: awaitDecision',
    CardOffered: 'requesting: letSleep, report CARD_SUPERSEDED, report REGISTRATION_SENT, sendRequest',
    MoveOrdered: 'requesting: letSleep, report CARD_SUPERSEDED, report REGISTRATION_SENT, sendRequest',
    WizardOrdered: 'joining: letSleep, report REGISTRATION_SENT, sendWizard',
    StillPending: 'pending: wake 5000',
    Granted: 'registered: letSleep, report REGISTERED',
    'Refused (location)': 'unregistered: letSleep, report REJECTED',
    'Refused (unlinked)': 'unregistered: letSleep, report UNLINKED',
    'Refused (quarantine)': 'unregistered: letSleep, report IDENTITY_QUARANTINED',
    'Unreachable (location)': 'pending: report ACCOUNT_UNREACHABLE, wake 1000',
    ForgetOrdered: 'unregistered: letSleep, report FORGOTTEN',
  },
  joining: {
    Started: 'joining: sendWizard',
    TimerFired: 'joining: sendWizard',
    CardOffered: 'requesting: letSleep, report WIZARD_SUPERSEDED, report REGISTRATION_SENT, sendRequest',
    MoveOrdered: 'requesting: letSleep, report WIZARD_SUPERSEDED, report REGISTRATION_SENT, sendRequest',
    WizardOrdered: 'joining: letSleep, report REGISTRATION_SENT, sendWizard',
    Joined: 'registered: letSleep, report REGISTERED',
    'Refused (wizard)': 'unregistered: letSleep, report NAME_TAKEN',
    'Unreachable (wizard)': 'joining: report ACCOUNT_UNREACHABLE, wake 1000',
    ForgetOrdered: 'unregistered: letSleep, report FORGOTTEN',
  },
  registered: {
    'Refused (unlinked)': 'unregistered: letSleep, report UNLINKED, withholdEvents',
    'Refused (quarantine)': 'registered: report IDENTITY_QUARANTINED',
    ForgetOrdered: 'forgetting: sendUnlink',
    MoveOrdered: 'forgetting: sendUnlink',
    MoveCommanded: 'registered, moving: letSleep, report MOVE_SENT, sendMove',
  },
  // a card or the wizard changes nothing: it is linked. What its account says of it does not end a move either
  moving: {
    Started: 'registered, moving: sendMove',
    TimerFired: 'registered, moving: sendMove',
    'Refused (quarantine)': 'registered, moving: report IDENTITY_QUARANTINED',
    ForgetOrdered: 'forgetting: letSleep, sendUnlink',
    MoveOrdered: 'forgetting: letSleep, sendUnlink',
    MoveCommanded: 'registered, moving: letSleep, failMove MOVE_SUPERSEDED, report MOVE_SENT, sendMove',
    Moved: 'registered, former, leftovers: letSleep, withholdEvents, report MOVED, sendUnlink',
    'Moved (another account)': 'registered: letSleep, failMove MOVE_FOREIGN',
    'Moved (another key)': 'registered: letSleep, failMove MOVE_FOREIGN',
    'Refused (move)': 'registered: letSleep, failMove MOVE_UNKNOWN',
    'Unreachable (move)': 'registered, moving: report ACCOUNT_UNREACHABLE, wake 1000',
    'Unreachable (move, too late)': 'registered: letSleep, failMove ACCOUNT_UNREACHABLE',
  },
  moved: {
    Started: 'registered, former, leftovers: withholdEvents, report MOVED, sendUnlink',
    TimerFired: 'registered, former, leftovers: sendUnlink',
    'Granted (there)': 'registered, former, leftovers: ',
    'CertificateProved (there)': 'registered, former: ',
    'Refused (location)': 'registered: letSleep, report MOVE_TOLD',
    'Refused (unlinked)': 'registered: letSleep, report MOVE_TOLD',
    'Refused (quarantine)': 'registered: letSleep, report MOVE_TOLD',
    'Unreachable (location)': 'registered, former: report MOVE_UNTOLD, wake 1000',
    UnlinkDone: 'registered: letSleep, report MOVE_TOLD',
    'Refused (unlinked there)': 'unregistered: letSleep, report MOVE_UNTOLD, letSleep, report UNLINKED, withholdEvents',
    ForgetOrdered: 'forgetting: letSleep, report MOVE_UNTOLD, sendUnlink',
    MoveOrdered: 'forgetting: letSleep, report MOVE_UNTOLD, sendUnlink',
    MoveCommanded: 'registered, moving, former, leftovers: letSleep, report MOVE_SENT, sendMove',
  },
  'moving on': {
    Started: 'registered, moving, former: sendMove',
    TimerFired: 'registered, moving, former: sendMove',
    'Granted (there)': 'registered, moving, former: ',
    'Refused (location)': 'registered, moving: report MOVE_TOLD',
    'Refused (unlinked)': 'registered, moving: report MOVE_TOLD',
    'Refused (quarantine)': 'registered, moving: report MOVE_TOLD',
    'Unreachable (location)': 'registered, moving, former: ',
    UnlinkDone: 'registered, moving: report MOVE_TOLD',
    ForgetOrdered: 'forgetting: letSleep, report MOVE_UNTOLD, sendUnlink',
    MoveOrdered: 'forgetting: letSleep, report MOVE_UNTOLD, sendUnlink',
    MoveCommanded: 'registered, moving, former: letSleep, failMove MOVE_SUPERSEDED, report MOVE_SENT, sendMove',
    Moved: 'registered, former, leftovers: letSleep, withholdEvents, report MOVED, report MOVE_UNTOLD, sendUnlink',
    'Moved (another account)': 'registered, former: letSleep, failMove MOVE_FOREIGN, sendUnlink',
    'Moved (another key)': 'registered, former: letSleep, failMove MOVE_FOREIGN, sendUnlink',
    'Refused (move)': 'registered, former: letSleep, failMove MOVE_UNKNOWN, sendUnlink',
    'Unreachable (move)': 'registered, moving, former: report ACCOUNT_UNREACHABLE, wake 1000',
    'Unreachable (move, too late)': 'registered, former: letSleep, failMove ACCOUNT_UNREACHABLE, sendUnlink',
  },
  forgetting: {
    MoveOrdered: 'forgetting: ',
    Started: 'forgetting: sendUnlink',
    TimerFired: 'forgetting: sendUnlink',
    'Refused (location)': 'unregistered: letSleep, report FORGOTTEN, withholdEvents',
    'Refused (unlinked)': 'unregistered: letSleep, report FORGOTTEN, withholdEvents',
    'Refused (quarantine)': 'unregistered: letSleep, report FORGOTTEN, withholdEvents',
    'Unreachable (location)': 'forgetting: report ACCOUNT_UNREACHABLE, wake 1000',
    UnlinkDone: 'unregistered: letSleep, report FORGOTTEN, withholdEvents',
  },
};

function cell(state: Registration, event: RegistrationEvent): string {
  const [next, effects] = transition(state, event);
  if (next === state && effects.length === 0) return '-';
  const told = effects.map((e) =>
    e.do === 'report'
      ? `report ${e.code}`
      : e.do === 'wake'
        ? `wake ${e.afterMs}`
        : e.do === 'failMove'
          ? `failMove ${e.fault.code}`
          : e.do,
  );
  return `${worded(next)}: ${told.join(', ')}`;
}

function worded(state: Registration): string {
  if (state.at !== 'registered') return state.at;
  const { moving, former } = state;
  return [state.at, moving && 'moving', former && 'former', former?.leftovers && 'leftovers']
    .filter(Boolean)
    .join(', ');
}

suite('registration machine', (test) => {
  test('every cell of state × event is as the table says', () => {
    for (const [stateName, state] of Object.entries(STATES)) {
      for (const [eventName, event] of Object.entries(EVENTS)) {
        assert.equal(cell(state, event), TABLE[stateName]?.[eventName] ?? '-', `${stateName} × ${eventName}`);
      }
    }
  });

  test('no cell changes the state or the event it was given', () => {
    for (const state of Object.values(STATES)) {
      for (const event of Object.values(EVENTS)) {
        const before = JSON.stringify([state, event]);
        transition(state, event);
        assert.equal(JSON.stringify([state, event]), before);
      }
    }
  });

  test('nothing is sent that is not in the state, because the state is what is saved', () => {
    for (const state of Object.values(STATES)) {
      for (const event of Object.values(EVENTS)) {
        const [next, effects] = transition(state, event);
        const saved = JSON.stringify(next);
        for (const effect of effects) {
          if (effect.do === 'sendRequest') assert.ok(saved.includes(effect.request.requestId));
          if (effect.do === 'sendWizard') assert.ok(saved.includes(effect.request.requestId));
          if (effect.do === 'sendMove') assert.ok(saved.includes(effect.request.requestId));
          assert.ok(!saved.includes('tr0ub4dor'), 'a password is never saved');
          if (effect.do === 'awaitDecision') assert.ok(saved.includes(effect.location));
          if (effect.do === 'sendUnlink') assert.ok(saved.includes(effect.link.deviceId));
        }
      }
    }
  });

  test('a password goes out with the order and never again: sent anew, the wizard asks what became of it', () => {
    const order = EVENTS['WizardOrdered'] ?? { on: 'Started' };
    const [joining, first] = transition({ at: 'unregistered' }, order);
    assert.ok(JSON.stringify(first).includes('tr0ub4dor&3'));
    for (const on of ['TimerFired', 'Started'] as const) {
      const [, again] = transition(joining, { on });
      assert.equal(JSON.stringify(again), JSON.stringify([{ do: 'sendWizard', request: savedWizard('wizard-2') }]));
    }
  });

  test('the wizard, given again while nobody knows what became of it, asks under the same id', () => {
    const joining: Registration = { at: 'joining', request: savedWizard(), attempt: 3 };
    assert.equal(wizardRequestId(joining, savedWizard('fresh'), 'fresh'), 'wizard-1');
    const elsewhere = {
      ...savedWizard('fresh'),
      account: { directoryUrl: 'https://b.test/device/v1/directory', ca: 'PEM' },
    };
    assert.equal(wizardRequestId(joining, elsewhere, 'fresh'), 'fresh');
    assert.equal(wizardRequestId({ at: 'unregistered' }, savedWizard('fresh'), 'fresh'), 'fresh');
  });

  test('an Ewon with an account is told so, by the wizard and for a key that was typed', () => {
    for (const state of [STATES['registered'], STATES['forgetting']]) {
      assert.equal(state && whyWizardIsRefused(state)?.code, 'WIZARD_LINKED');
      assert.equal(state && whyOfferIsRefused(state, savedRequest(2))?.code, 'REGISTER_LINKED');
    }
    for (const state of [STATES['unregistered'], STATES['requesting'], STATES['pending'], STATES['joining']]) {
      assert.equal(state && whyWizardIsRefused(state), undefined);
      assert.equal(state && whyOfferIsRefused(state, savedRequest(2)), undefined);
    }
  });

  test('a late answer to an earlier request changes nothing', () => {
    const later: Registration = { at: 'requesting', request: savedRequest(2), attempt: 0 };
    for (const name of ['RequestPended', 'Refused (request)', 'Unreachable (request)']) {
      const event = EVENTS[name];
      assert.ok(event);
      assert.equal(cell(later, event), '-', name);
    }
  });

  test('a late answer about an earlier registration neither links nor unlinks nor ends what is under way', () => {
    const earlier = 'https://account.test/device/v1/registrations/earlier';
    for (const at of ['pending', 'registered', 'forgetting', 'moving', 'moved', 'moving on']) {
      for (const [name, event] of Object.entries(EVENTS)) {
        if (!('subject' in event)) continue;
        assert.equal(cell(STATES[at] ?? assert.fail(), { ...event, subject: earlier }), '-', `${at} × ${name}`);
      }
    }
  });

  test('an account that answers every poll at once is asked once a second, not in a circle', () => {
    const hasty: RegistrationEvent = {
      on: 'StillPending',
      subject: LOCATION,
      code: 'REGISTRATION_PENDING',
      retryAfterMs: 0,
    };
    assert.equal(cell(STATES['pending'] ?? assert.fail(), hasty), 'pending: wake 1000');
  });

  test('the same trouble is told once, another trouble again', () => {
    const [first] = transition(STATES['requesting'] ?? assert.fail(), EVENTS['Unreachable (request)'] ?? assert.fail());
    assert.equal(cell(first, EVENTS['Unreachable (request)'] ?? assert.fail()), 'requesting: wake 2000');
    const bad: RegistrationEvent = {
      on: 'Unreachable',
      subject: request.requestId,
      fault: fault('TLS_UNTRUSTED'),
      fraction: 0,
      retryAfterMs: 0,
      atMs: AT,
    };
    assert.equal(cell(first, bad), 'requesting: report TLS_UNTRUSTED, wake 100');
  });

  for (const at of ['pending', 'forgetting']) {
    test(`while ${at}, too, another trouble is told: a network that comes back with a wrong clock`, () => {
      const unreachable = EVENTS['Unreachable (location)'] ?? assert.fail();
      const [first] = transition(STATES[at] ?? assert.fail(), unreachable);
      assert.equal(cell(first, unreachable), `${at}: wake 2000`);
      const clock: RegistrationEvent = {
        on: 'Unreachable',
        subject: LOCATION,
        fault: fault('TLS_CLOCK'),
        fraction: 0,
        retryAfterMs: 0,
        atMs: AT,
      };
      assert.equal(cell(first, clock), `${at}: report TLS_CLOCK, wake 100`);
    });
  }

  test('an answer ends the trouble: when it comes again it is told again', () => {
    const unreachable = EVENTS['Unreachable (location)'] ?? assert.fail();
    const [troubled] = transition(STATES['pending'] ?? assert.fail(), unreachable);
    const [answered] = transition(troubled, EVENTS['StillPending'] ?? assert.fail());
    assert.equal(cell(answered, unreachable), 'pending: report ACCOUNT_UNREACHABLE, wake 1000');
  });

  test('an account that is gone for good does not hold an Ewon that was told to forget it: a card of another one goes on', () => {
    const gone: Registration = { at: 'forgetting', link: link(), attempt: 1 };
    const elsewhere = { ...savedRequest(2), account: { directoryUrl: 'https://new.test/directory', ca: 'PEM' } };
    const reinstalled = { ...savedRequest(2), account: { ...savedRequest().account, ca: 'another CA' } };
    for (const request of [elsewhere, reinstalled]) {
      assert.equal(whyCardIsIgnored(gone, request), undefined);
      assert.equal(
        cell(gone, { on: 'CardOffered', request }),
        'requesting: letSleep, report FORGOTTEN, withholdEvents, report REGISTRATION_SENT, sendRequest',
      );
    }
  });

  test('as long as it may still be told, and for its own cards, the account that is forgotten counts', () => {
    const first: Registration = { at: 'forgetting', link: link(), attempt: 0 };
    const elsewhere = { ...savedRequest(2), account: { directoryUrl: 'https://new.test/directory', ca: 'PEM' } };
    const cases = [
      [first, elsewhere],
      [{ ...first, attempt: 3 }, savedRequest(2)],
      [STATES['registered'] ?? assert.fail(), elsewhere],
    ] as const;
    for (const [state, request] of cases) {
      assert.equal(whyCardIsIgnored(state, request)?.code, 'CARD_IGNORED_LINKED');
      assert.equal(cell(state, { on: 'CardOffered', request }), '-');
    }
  });

  test("a broker that refuses us does not unlink us: only the account's own UNLINKED does", () => {
    const registered = STATES['registered'] ?? assert.fail();
    assert.equal(cell(registered, { on: 'Refused', subject: LOCATION, fault: fault('REJECTED'), atMs: AT }), '-');
  });

  test('an approval after which the power was cut is asked for again and gives the same link', () => {
    const pending = STATES['pending'] ?? assert.fail();
    const [, effects] = transition(pending, { on: 'Started' });
    assert.deepEqual(effects, [{ do: 'awaitDecision', location: LOCATION, request }]);
    const [registered] = transition(pending, { on: 'Granted', subject: LOCATION, grant: grant('replaced') });
    assert.deepEqual(registered, { at: 'registered', link: link() });
  });

  test('a move: the old account is told first, then the other is asked; what waited for the old one stays', () => {
    const other = savedRequest(2);
    const [leaving] = transition({ at: 'registered', link: link() }, { on: 'MoveOrdered', request: other });
    const [next, effects] = transition(leaving, { on: 'UnlinkDone', subject: LOCATION, atMs: AT });
    assert.deepEqual(next, { at: 'requesting', request: other, attempt: 0 });
    assert.deepEqual(
      effects.map((e) => e.do),
      ['letSleep', 'report', 'withholdEvents', 'report', 'sendRequest'],
    );
    const [staying] = transition(leaving, { on: 'ForgetOrdered' });
    assert.equal(transition(staying, { on: 'UnlinkDone', subject: LOCATION, atMs: AT })[0].at, 'unregistered');
  });

  test('a new certificate is kept beside the old one until it is proved; an older one is never taken', () => {
    const dated = (n: number) => ({ notBeforeMs: n, notAfterMs: n + 90 });
    const before = { at: 'registered', link: { ...link(), valid: dated(10) } } as const;
    const offered = (certificate: string, from: number) =>
      ({ on: 'Granted', subject: LOCATION, grant: { ...grant(), certificate }, valid: dated(from) }) as const;
    const [both] = transition(before, offered('NEW', 70));
    const next = { certificate: 'NEW', valid: dated(70) };
    assert.deepEqual(both, { at: 'registered', link: { ...before.link, next } });
    assert.equal(transition(both, offered('NEW', 70))[0], both);
    assert.equal(transition(both, offered('CERT', 10))[0], both);
    assert.equal(transition(before, offered('OLD', 5))[0], before);
    const [proved] = transition(both, { on: 'CertificateProved', subject: LOCATION, certificate: 'NEW' });
    assert.deepEqual(proved, { at: 'registered', link: { ...before.link, ...next } });
  });
});
