import { accountIdFrom, commandIdFrom, deviceIdFrom } from '../ids.ts';
import { jwkOf } from '../jws.ts';
import { assert, assertFault, assertOk, suite } from '../testing/suite.ts';
import { type Reader, toUtf8 } from '../validate.ts';
import { isFinal, readCommand, readCommandState } from './command.ts';
import { readPolicy } from './policy.ts';
import { KEY_CHAIN_MAX, readKeyAnnouncement, readSignedByAccount } from './signed.ts';

const bytes = (fill: number) => new Uint8Array(17).fill(fill);
const at = '2026-03-01T12:00:00.000Z';
const accountId = accountIdFrom(bytes(1));
const window = { days: ['mon', 'sun'], from: '22:00', to: '04:00', zone: 'UTC' };
const policy = {
  ...{ v: 1, accountId, version: 3, issuedAt: at, geolocation: true, remoteManagement: false },
  ...{ window, denied: ['patch-7'] },
};
const id = commandIdFrom(bytes(2));
const command = {
  ...{ v: 1, id, accountId, deviceId: deviceIdFrom(bytes(3)), name: 'identify', arguments: { seconds: 30 } },
  ...{ issuedAt: at, expiresAt: '2026-03-01T13:00:00.000Z' },
};
const state = { v: 1, at, epoch: 'e', seq: 4, id, state: 'failed', reason: 'COMMAND_EXPIRED', detail: 'x', result: {} };
const jws = { protected: 'e30', payload: 'e30', signature: 'AA' };
const announcement = { v: 1, accountId, number: 2, key: jwkOf(new Uint8Array(32).fill(5)), issuedAt: at };

const THINGS: Readonly<Record<string, { read: Reader<unknown>; good: object; wrong: readonly object[] }>> = {
  policy: {
    read: readPolicy,
    good: policy,
    wrong: [
      { v: 2 },
      { version: -1 },
      { version: 1.5 },
      { geolocation: 1 },
      { denied: undefined },
      { denied: new Array(101).fill('x') },
      { window: { ...window, days: [] } },
      { window: { ...window, days: ['mon', 'mon'] } },
      { window: { ...window, days: ['Monday'] } },
      { window: { ...window, from: '24:00' } },
      { window: { ...window, zone: 'Europe/Brussels' } },
      { accountId: command.deviceId },
    ],
  },
  command: {
    read: readCommand,
    good: command,
    wrong: [
      { id: 'c_x' },
      { deviceId: accountId },
      { name: 'Re boot' },
      { name: '' },
      { arguments: { a: null } },
      { arguments: { a: 'x'.repeat(4097) } },
      { arguments: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`a${i}`, 1])) },
      { expiresAt: 'tomorrow' },
      { issuedAt: undefined },
    ],
  },
  'state of a command': {
    read: readCommandState,
    good: state,
    wrong: [{ state: 'done' }, { id: undefined }, { result: 'x' }, { seq: -1 }, { detail: 'x'.repeat(501) }],
  },
  'what the account signed': {
    read: readSignedByAccount,
    good: { v: 1, signed: jws, keys: [jws] },
    wrong: [{ signed: undefined }, { signed: 'x' }, { keys: new Array(KEY_CHAIN_MAX + 1).fill(jws) }, { v: 2 }],
  },
  'announcement of a key': {
    read: readKeyAnnouncement,
    good: announcement,
    wrong: [{ key: { ...announcement.key, d: 'secret' } }, { number: -1 }, { accountId: 'x' }],
  },
};

suite('policy and commands', (test) => {
  for (const [what, { read, good, wrong }] of Object.entries(THINGS)) {
    test(`${what}: read as it is; what newer accounts add is left alone`, () => {
      assert.deepEqual(assertOk(read(toUtf8(JSON.stringify(good)))), good);
      assertOk(read(toUtf8(JSON.stringify({ ...good, more: { than: 'this' } }))));
    });
    test(`${what}: anything else is refused`, () => {
      for (const change of wrong) assertFault(read(toUtf8(JSON.stringify({ ...good, ...change }))), 'BAD_REQUEST');
      for (const text of ['', 'null', '[]', '{}', '1']) assertFault(read(toUtf8(text)), 'BAD_REQUEST');
    });
  }

  test('two states are the end', () => {
    assert.deepEqual((['init', 'scheduled', 'executing', 'successful', 'failed'] as const).filter(isFinal), [
      'successful',
      'failed',
    ]);
  });
});
