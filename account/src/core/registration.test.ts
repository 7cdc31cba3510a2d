import { timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { KEY, knownEwon, NOW_MS, OTHER_KEY, SERIAL, soundFacts } from '../testing/facts.ts';
import { decideRegistration, proposeReplacement, type RegistrationFacts } from './registration.ts';

const at = (ms: number) => timestampOf(NOW_MS + ms);
const online = knownEwon({ serial: SERIAL, online: true });
const offline = knownEwon({ serial: SERIAL });

/** What was met, and the one word it comes to. */
const TABLE: readonly (readonly [string, Partial<RegistrationFacts>, string])[] = [
  ['nothing speaks against it', {}, 'insert'],
  ['same request id, same key', { sameRequest: { registrationId: 'r', publicKey: KEY } }, 'repeat'],
  ['same request id, other key', { sameRequest: { registrationId: 'r', publicKey: OTHER_KEY } }, 'REQUEST_REUSED'],
  [
    'same request id, same key, GRK revoked since',
    { sameRequest: { registrationId: 'r', publicKey: KEY }, grk: { state: 'revoked', expiresAt: null } },
    'repeat',
  ],
  ['no such GRK', { grk: undefined }, 'GRK_UNKNOWN'],
  ['GRK revoked', { grk: { state: 'revoked', expiresAt: null } }, 'GRK_REVOKED'],
  [
    'GRK revoked and switch off: the key is named first',
    { grk: { state: 'revoked', expiresAt: null }, autoRegistration: false },
    'GRK_REVOKED',
  ],
  ['GRK over', { grk: { state: 'active', expiresAt: at(-1) } }, 'GRK_EXPIRED'],
  ['GRK over this very moment', { grk: { state: 'active', expiresAt: at(0) } }, 'insert'],
  ['GRK used up', { grk: { state: 'active', expiresAt: null, usesMax: 3, uses: 3 } }, 'GRK_USED_UP'],
  [
    'GRK used up by who waits',
    { grk: { state: 'active', expiresAt: null, usesMax: 3, uses: 1 }, pendingOfGrk: 2 },
    'GRK_USED_UP',
  ],
  [
    'GRK with one use left',
    { grk: { state: 'active', expiresAt: null, usesMax: 3, uses: 1 }, pendingOfGrk: 1 },
    'insert',
  ],
  ['card not valid yet', { cardDates: { notBefore: at(1) } }, 'GRK_EXPIRED'],
  ['card over', { cardDates: { notBefore: at(-2), notAfter: at(-1) } }, 'GRK_EXPIRED'],
  ['card within its dates', { cardDates: { notBefore: at(0), notAfter: at(0) } }, 'insert'],
  ['card date without milliseconds', { cardDates: { notBefore: '2026-03-01T12:00:00Z' } }, 'insert'],
  ['switched off', { autoRegistration: false }, 'AUTOREGISTRATION_OFF'],
  ['serial linked and online', { ewons: [online] }, 'SERIAL_ACTIVE'],
  ['serial linked and offline', { ewons: [offline] }, 'insert, replaces'],
  [
    'serial unlinked, last seen online',
    { ewons: [knownEwon({ serial: SERIAL, online: true, link: 'unlinked' })] },
    'insert, replaces',
  ],
  ['serial of a removed Ewon', { ewons: [knownEwon({ serial: SERIAL, link: 'removed' })] }, 'insert'],
  [
    'own key and serial, online: it forgot',
    { ewons: [knownEwon({ serial: SERIAL, publicKey: KEY, online: true })] },
    'insert, replaces',
  ],
  ['own key under another serial', { ewons: [knownEwon({ publicKey: KEY })] }, 'insert, replaces'],
  ['pending under another request id', { pendingOfKey: 'r' }, 'insert, supersedes'],
  ['quota of the key reached', { pendingOfGrk: 100 }, 'PENDING_QUOTA'],
  ['one below the quota of the key', { pendingOfGrk: 99 }, 'insert'],
  ['quota of the network reached', { pendingOfNetwork: 20 }, 'PENDING_QUOTA'],
];

suite('registration: facts and decision', (test) => {
  for (const [met, facts, expected] of TABLE) {
    test(`${met}: ${expected}`, () => {
      const decision = decideRegistration(soundFacts(facts));
      const words =
        decision.do === 'insert'
          ? ['insert', decision.supersedes && 'supersedes', decision.replaces && 'replaces'].filter(Boolean).join(', ')
          : decision.do === 'refuse'
            ? decision.fault.code
            : decision.do;
      assert.equal(words, expected);
    });
  }

  test('no combination of all facts does anything but insert a pending record, repeat or refuse', () => {
    const all = TABLE.map(([, facts]) => facts);
    for (const a of all)
      for (const b of all) {
        const decision = decideRegistration(Object.freeze(soundFacts({ ...a, ...b })));
        assert.ok(['insert', 'repeat', 'refuse'].includes(decision.do));
        if (!(a.autoRegistration ?? true) && b.autoRegistration === undefined) assert.notEqual(decision.do, 'insert');
      }
  });
});

suite('registration: which replacement is proposed', (test) => {
  test('own key before same serial, linked before unlinked, younger before older', () => {
    const ownUnlinked = knownEwon({ publicKey: KEY, link: 'unlinked' });
    const own = knownEwon({ publicKey: KEY });
    const older = knownEwon({ serial: SERIAL });
    const younger = knownEwon({ serial: SERIAL });
    const unlinked = knownEwon({ serial: SERIAL, link: 'unlinked' });
    const ranked = [own, ownUnlinked, younger, older, unlinked];
    for (let n = 0; n < ranked.length; n++) {
      const proposed = proposeReplacement({ ewons: ranked.slice(n).toReversed(), publicKey: KEY, serial: SERIAL });
      assert.equal(proposed, ranked[n]?.deviceId);
    }
  });
  test('nobody is known: none', () => {
    assert.equal(proposeReplacement({ ewons: [knownEwon()], publicKey: KEY, serial: SERIAL }), undefined);
  });
});
