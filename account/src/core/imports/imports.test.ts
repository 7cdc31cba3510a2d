import { type DeviceId, jwkOf, type Serial, timestampOf } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from '../../testing/facts.ts';
import type { KnownEwon } from '../registration.ts';
import {
  countsOf,
  freeName,
  heardOf,
  type ImportedEwon,
  isExpected,
  judgeComing,
  judgeListed,
  listedOf,
  numberedName,
  planImport,
  readSourceUrl,
} from './imports.ts';

const SERIAL = '1524-0071-21' as Serial;
const jwk = (n: number) => jwkOf(new Uint8Array(32).fill(n));
const ewon = (facts: Partial<ImportedEwon> = {}): ImportedEwon => ({
  ...{ publicKey: jwk(1).x, serial: SERIAL, model: 'Flexy', sourceName: 'Press', name: 'Press' },
  ...{ state: 'listed', agreed: 'nothing', reason: null, deviceId: null, ...facts },
});
const movable = (n: number, name: string) => ({ name, serial: SERIAL, model: 'Flexy', jwk: jwk(n) });
const codeOf = (done: { readonly ok: boolean; readonly fault?: { readonly code: string } }) => done.fault?.code;

suite('imports', (test) => {
  test('a free name is its own or has a number, and is no longer than a name may be', () => {
    const taken =
      (...names: readonly string[]) =>
      (name: string) =>
        names.includes(name);
    assert.equal(freeName('Pump', taken()), 'Pump');
    assert.equal(freeName('Pump', taken('Pump', 'Pump (2)')), 'Pump (3)');
    const long = 'x'.repeat(100);
    assert.equal(numberedName(long, 12), `${'x'.repeat(95)} (12)`);
    assert.equal(numberedName(`${'x'.repeat(94)} yyyyy`, 2), `${'x'.repeat(94)} y (2)`);
  });

  test('what is listed has a name that nobody has, here or in the list; one key is one Ewon, and may keep its own name', () => {
    const taken = new Map([
      ['Press', jwk(9).x],
      ['Mixer', jwk(3).x],
    ]);
    const list = listedOf([movable(1, 'Press'), movable(2, 'Press'), movable(3, 'Mixer'), movable(1, 'Twice')], taken);
    assert.deepEqual(
      list.map(({ sourceName, name, state }) => [sourceName, name, state]),
      [
        ['Press', 'Press (2)', 'listed'],
        ['Press', 'Press (3)', 'listed'],
        ['Mixer', 'Mixer', 'listed'],
      ],
    );
  });

  test('a list in which a name or a key stands twice is none of an account', () => {
    assert.deepEqual(assertOk(judgeListed([movable(1, 'Press'), movable(2, 'Pump')])), undefined);
    for (const list of [
      [movable(1, 'Press'), movable(2, 'Press')],
      [movable(1, 'Press'), movable(1, 'Pump')],
    ])
      assert.equal(codeOf(judgeListed(list)), 'IMPORT_SOURCE_BAD');
  });

  test('what is chosen is expected; what is not in the list, twice, or under a name that is taken is refused', () => {
    const listed = [ewon(), ewon({ publicKey: jwk(2).x, name: 'Pump' })];
    const [one, two] = [
      { key: jwk(1).x, name: 'Press' },
      { key: jwk(2).x, name: 'Pump' },
    ];
    const plan = (choices: Parameters<typeof planImport>[1], taken: readonly [string, string][] = []) =>
      planImport(listed, choices, new Map(taken));
    assert.deepEqual(assertOk(plan([{ ...two, name: 'Pump 7' }])), [
      ewon({ publicKey: jwk(2).x, name: 'Pump 7', state: 'waiting' }),
    ]);
    assert.equal(assertOk(plan([one, two], [['Press', jwk(1).x]])).length, 2, 'its own name of before');
    for (const [choices, code] of [
      [[], 'BAD_REQUEST'],
      [[one, one], 'BAD_REQUEST'],
      [[{ key: jwk(7).x, name: 'x' }], 'NOT_FOUND'],
      [[one, { ...two, name: 'Press' }], 'NAME_TAKEN'],
    ] as const)
      assert.equal(codeOf(plan(choices)), code);
    assert.equal(codeOf(plan([one], [['Press', jwk(9).x]])), 'NAME_TAKEN');
    assert.equal(codeOf(planImport([ewon({ state: 'moved' })], [one], new Map())), 'NOT_FOUND');
  });

  test('the word of the source, in every state: it moves nobody, and takes back nobody who has come', () => {
    const words = [
      ['ordered', null],
      ['moved', null],
      ['failed', 'MOVE_UNKNOWN'],
    ] as const;
    const failed = { state: 'failed', reason: 'MOVE_UNKNOWN', agreed: 'over' };
    const table: Record<string, readonly (Partial<ImportedEwon> | undefined)[]> = {
      'waiting nothing': [{ agreed: 'ordered' }, undefined, failed as Partial<ImportedEwon>],
      'waiting ordered': [undefined, undefined, failed as Partial<ImportedEwon>],
      'moved ordered': [undefined, { agreed: 'over' }, undefined],
      'moved over': [undefined, undefined, undefined],
      'failed over': [undefined, undefined, undefined],
      'stayed nothing': [{ agreed: 'ordered' }, undefined, { agreed: 'over' }],
      'stayed ordered': [undefined, undefined, { agreed: 'over' }],
      'stayed over': [undefined, undefined, undefined],
    };
    for (const [cell, changes] of Object.entries(table)) {
      const [state, agreed] = cell.split(' ') as [ImportedEwon['state'], ImportedEwon['agreed']];
      for (const [i, [said, reason]] of words.entries())
        assert.deepEqual(heardOf(ewon({ state, agreed }), { state: said, reason }), changes[i], `${cell}, ${said}`);
    }
  });

  test('only one that waits, of an import that runs, is expected; with its key, its serial, and no twin online', () => {
    for (const state of ['listed', 'running', 'done', 'ended'] as const)
      for (const is of ['listed', 'waiting', 'moved', 'failed', 'stayed'] as const)
        assert.equal(isExpected({ state }, { state: is }), state === 'running' && is === 'waiting');
    const known = (facts: Partial<KnownEwon>): KnownEwon => ({
      ...{ deviceId: 'd_a' as DeviceId, serial: SERIAL, publicKey: 'other', link: 'linked', online: true },
      ...{ createdAt: timestampOf(NOW_MS), ...facts },
    });
    const facts = { publicKey: 'key', serial: SERIAL, expected: { serial: SERIAL }, ewons: [] };
    assert.equal(judgeComing(facts), undefined);
    assert.equal(judgeComing({ ...facts, expected: undefined })?.code, 'MOVE_UNKNOWN');
    assert.equal(judgeComing({ ...facts, serial: '1524-0099-21' as Serial })?.code, 'MOVE_UNKNOWN');
    assert.equal(judgeComing({ ...facts, ewons: [known({})] })?.code, 'SERIAL_ACTIVE');
    for (const harmless of [{ online: false }, { link: 'unlinked' }, { publicKey: 'key' }] as const)
      assert.equal(judgeComing({ ...facts, ewons: [known(harmless)] }), undefined, JSON.stringify(harmless));
  });

  test('an address is https, or http on this machine, and its origin is what counts', () => {
    for (const [text, origin] of [
      ['https://plant-a.example:8443/#ewons', 'https://plant-a.example:8443'],
      [' https://192.0.2.1 ', 'https://192.0.2.1'],
      ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
      ['http://[::1]:8080', 'http://[::1]:8080'],
      ['http://localhost:1', 'http://localhost:1'],
    ] as const)
      assert.equal(assertOk(readSourceUrl(text)), origin);
    for (const text of [
      ...['', 'plant-a', 'ftp://127.0.0.1', 'file:///etc/passwd', 'http://192.0.2.1', 'http://127.0.0.1.example'],
      ...['http://localhost.example', 'https://ann:secret@plant-a.example', 'http://[::ffff:192.0.2.1]'],
    ])
      assert.equal(codeOf(readSourceUrl(text)), 'IMPORT_ADDRESS_BAD', text);
  });

  test('Ewons are counted by how they stand', () => {
    const all = (['listed', 'waiting', 'moved', 'moved', 'failed', 'stayed'] as const).map((state) => ewon({ state }));
    assert.deepEqual(countsOf(all), { waiting: 1, moved: 2, failed: 1, stayed: 1 });
  });
});
