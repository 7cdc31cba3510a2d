import { err, ok } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import {
  initialLogin,
  type Login,
  type LoginEffect,
  type LoginEvent,
  type Look,
  loginTransition,
  TYPING_MS,
} from './login.ts';
import { ABSENT, FOUNDING as FOUNDING_ROWS, WORDS } from './login-words.ts';
import type { ConsoleEvent } from './session.ts';

const RULES = { idleMs: 600_000, banner: '' };
const ADA = { person: { name: 'ada', role: 'administrator' }, stamp: 's1' } as const;
const FAULT = err('CONSOLE_USERS_BAD', 'no JSON').fault;
const LOOK: Look = { users: 'some', isPresent: false, pauseMs: 0, doing: 'nothing' };
const line = (event: ConsoleEvent, atMs = 1): LoginEvent => ({ on: 'line', event, atMs });
const typed = (text: string) => line({ on: 'typed', bytes: Buffer.from(text) });
const looked = (look: Partial<Look>, atMs = 1): LoginEvent => ({ on: 'looked', look: { ...LOOK, ...look }, atMs });
const after = (...events: readonly LoginEvent[]): Login =>
  events.reduce((state, event) => loginTransition(state, event)[0], initialLogin(RULES));

const ATTACHED = line({ on: 'attached', greeting: '' });
const NAMING = [ATTACHED, looked({})];
const CHECKING = [...NAMING, typed('ada\rcorrect horse\r')];
const FOUNDING = [ATTACHED, looked({ users: 'none', isPresent: true })];
const STATES: Readonly<Record<string, Login>> = {
  away: after(),
  looking: after(ATTACHED),
  naming: after(...NAMING),
  password: after(...NAMING, typed('ada\r')),
  checking: after(...CHECKING),
  within: after(...CHECKING, { on: 'checked', id: 1, verdict: { is: 'right', ...ADA }, atMs: 1 }),
  closed: after(ATTACHED, looked({ users: { fault: FAULT } })),
  absent: after(ATTACHED, looked({ users: 'none' })),
  founding: after(...FOUNDING),
  silent: after(...NAMING, typed('\r'.repeat(12))),
  creating: after(...FOUNDING, typed('ada\rcorrect horse\rcorrect horse\r')),
};
const EVENTS: Readonly<Record<string, LoginEvent>> = {
  attached: ATTACHED,
  'an empty line': typed('\r'),
  'ada and Enter': typed('ada\r'),
  '^C': typed('\x03'),
  broken: line({ on: 'broken' }),
  logged: line({ on: 'logged', text: 'x' }),
  hungUp: line({ on: 'hungUp' }),
  inputEnded: line({ on: 'inputEnded' }),
  answered: line({ on: 'answered', id: 1, answer: ok({ lines: [], value: null }) }),
  allowed: line({ on: 'allowed', person: ADA.person }),
  'some, still there': looked({ admitted: ADA }),
  'some, idle': looked({ admitted: ADA }, RULES.idleMs + 1),
  'some, at work': looked({ admitted: ADA, doing: 'work' }, RULES.idleMs + 1),
  'some, he is gone': looked({}),
  'some, he is gone amid a transfer': looked({ doing: 'transfer' }),
  'some, other password': looked({ admitted: { ...ADA, stamp: 's2' } }),
  'some, other role': looked({ admitted: { ...ADA, person: { name: 'ada', role: 'viewer' } } }),
  none: looked({ users: 'none' }),
  'none, present': looked({ users: 'none', isPresent: true }),
  unreadable: looked({ users: { fault: FAULT } }),
  right: { on: 'checked', id: 1, verdict: { is: 'right', ...ADA }, atMs: 1 },
  'right, of a line before': { on: 'checked', id: 0, verdict: { is: 'right', ...ADA }, atMs: 1 },
  wrong: { on: 'checked', id: 1, verdict: { is: 'wrong', pauseMs: 0 }, atMs: 1 },
  locked: { on: 'checked', id: 1, verdict: { is: 'locked', pauseMs: 5000 }, atMs: 1 },
  failed: { on: 'checked', id: 1, verdict: { is: 'failed', fault: FAULT }, atMs: 1 },
  created: { on: 'created', id: 1, atMs: 1 },
  'not created': { on: 'created', id: 1, fault: FAULT, atMs: 1 },
  renewed: { on: 'renewed', stamp: 's2' },
  left: { on: 'left' },
};
/** Where each event leads that leads somewhere, and what it orders; every other keeps the state and orders nothing but a new prompt. */
const CELLS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  away: {
    attached: ['looking', 'look'],
    ...{ 'an empty line': ['looking', 'look'], 'ada and Enter': ['looking', 'look'], '^C': ['looking', 'look'] },
  },
  looking: {
    hungUp: ['away', 'end'],
    ...Object.fromEntries(
      [
        'still there',
        'idle',
        'at work',
        'he is gone',
        'he is gone amid a transfer',
        'other password',
        'other role',
      ].map((how) => [`some, ${how}`, ['naming']]),
    ),
    ...{ none: ['absent'], 'none, present': ['founding'], unreadable: ['closed'] },
  },
  naming: { hungUp: ['away', 'end'], 'ada and Enter': ['password'] },
  password: {
    hungUp: ['away', 'end'],
    ...{ 'an empty line': ['naming'], 'ada and Enter': ['checking', 'check'], '^C': ['naming'], broken: ['naming'] },
    ...{ 'some, idle': ['naming'], 'some, at work': ['naming'] },
  },
  checking: {
    hungUp: ['away', 'end'],
    right: ['within', 'record login', 'open'],
    ...{ wrong: ['naming'], locked: ['naming'], failed: ['looking', 'look'] },
  },
  within: {
    hungUp: ['away', 'close', 'record hung up', 'end'],
    ...Object.fromEntries(
      ['an empty line', 'ada and Enter', '^C', 'broken', 'logged'].map((what) => [what, ['within', 'pass']]),
    ),
    'some, idle': ['looking', 'close', 'record idle', 'look'],
    'some, he is gone': ['looking', 'close', 'record put out', 'look'],
    'some, he is gone amid a transfer': ['within', 'pass'],
    'some, other password': ['looking', 'close', 'record put out', 'look'],
    'some, other role': ['within', 'pass'],
    none: ['looking', 'close', 'record put out', 'look'],
    'none, present': ['looking', 'close', 'record put out', 'look'],
    unreadable: ['looking', 'close', 'record put out', 'look'],
    left: ['looking', 'record logout', 'look'],
  },
  closed: {
    hungUp: ['away', 'end'],
    ...{ 'an empty line': ['looking', 'look'], 'ada and Enter': ['looking', 'look'] },
    ...Object.fromEntries(
      Object.keys(EVENTS)
        .filter((name) => name.startsWith('some, '))
        .map((name) => [name, ['naming']]),
    ),
    ...{ none: ['absent'], 'none, present': ['founding'] },
  },
  absent: {
    hungUp: ['away', 'end'],
    ...{ 'an empty line': ['looking', 'look'], 'ada and Enter': ['looking', 'look'] },
    ...Object.fromEntries(
      Object.keys(EVENTS)
        .filter((name) => name.startsWith('some, '))
        .map((name) => [name, ['naming']]),
    ),
    ...{ 'none, present': ['founding'], unreadable: ['closed'] },
  },
  founding: {
    hungUp: ['away', 'end'],
    ...Object.fromEntries(
      Object.keys(EVENTS)
        .filter((name) => name.startsWith('some, '))
        .map((name) => [name, ['naming']]),
    ),
    ...{ none: ['absent'], unreadable: ['closed'] },
  },
  silent: { hungUp: ['away', 'end'] },
  creating: { hungUp: ['away', 'end'], created: ['looking', 'look'], 'not created': ['looking', 'look'] },
};
const told = (effects: readonly LoginEffect[]) =>
  effects
    .filter((effect) => effect.do !== 'write')
    .map((effect) => (effect.do === 'record' ? `record ${effect.did}` : effect.do));

suite('the login of a console', (test) => {
  for (const [name, state] of Object.entries(STATES)) {
    test(`${name}: every event`, () => {
      assert.equal(state.doing.at, name);
      for (const [what, event] of Object.entries(EVENTS)) {
        const [next, effects] = loginTransition(state, event);
        assert.deepEqual([next.doing.at, ...told(effects)], CELLS[name]?.[what] ?? [name], `${name} × ${what}`);
      }
    });
  }

  test('what it says fits a row', () => {
    for (const row of [...ABSENT, ...FOUNDING_ROWS, ...Object.values(WORDS)]) assert.ok(row.length < 79, row);
  });

  test('a name that nobody finishes is left after a minute; a key begins the minute anew', () => {
    const state = STATES['password'] ?? after();
    assert.equal(loginTransition(state, looked({}, TYPING_MS))[0].doing.at, 'password');
    assert.equal(loginTransition(state, looked({}, TYPING_MS + 1))[0].doing.at, 'naming');
    const [touched] = loginTransition(state, line({ on: 'typed', bytes: Buffer.from('c') }, TYPING_MS));
    assert.equal(loginTransition(touched, looked({}, TYPING_MS + 1))[0].doing.at, 'password');
  });

  test('his own new password does not put him out', () => {
    const [renewed] = loginTransition(STATES['within'] ?? after(), { on: 'renewed', stamp: 's2' });
    assert.equal(loginTransition(renewed, looked({ admitted: { ...ADA, stamp: 's2' } }))[0].doing.at, 'within');
  });

  test('whatever comes: it never throws, opens only after a right password, and never writes what is secret', () => {
    const secret = 'correct horse';
    const some = fc.oneof(
      fc.constantFrom(...Object.values(EVENTS)),
      fc.constantFrom('ada\r', `${secret}\r`, '\x1b[A', '\b').map(typed),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => line({ on: 'typed', bytes })),
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 40 }), (events) => {
        let state = initialLogin(RULES);
        for (const event of events) {
          const before = JSON.stringify(state);
          const [next, effects] = loginTransition(state, event);
          assert.equal(JSON.stringify(state), before, 'nothing is changed in place');
          const isRight = event.on === 'checked' && event.verdict.is === 'right' && state.doing.at === 'checking';
          assert.equal(
            effects.some((effect) => effect.do === 'open'),
            isRight && event.id === state.asked,
          );
          const said = effects.map((effect) => (effect.do === 'write' ? effect.text : '')).join('');
          assert.match(said, /^[\x07\b\r\n -~]*$/);
          if (state.doing.at === 'password') assert.ok(!said.includes('correct'));
          if (next.doing.at === 'within' && state.doing.at === 'within') assert.equal(said, '');
          state = next;
        }
      }),
      { numRuns: 500 },
    );
  });
});
