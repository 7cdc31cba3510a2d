import { parseSerial, timestampOf } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { ewonRecord, registrationRecord } from '../testing/records.ts';
import { CANDIDATE_REASONS, rankCandidates } from './candidates.ts';

const OTHER = assertOk(parseSerial('1700-0001-21'));
const asks = registrationRecord({ note: 'Pump 7', macs: ['00:03:27:aa:bb:cc'] });
const known = (facts: Parameters<typeof ewonRecord>[0] = {}, sharedMacs: readonly string[] = []) => ({
  ...ewonRecord({ serial: OTHER, note: '', ...facts }),
  sharedMacs,
});

suite('candidates for a replacement', (test) => {
  test('one piece of evidence each: in the order of its weight, with the reason in words', () => {
    const ewons = [
      known({ online: false, name: 'off', lastSeenAt: timestampOf(5) }),
      known({ link: 'unlinked', name: 'forgot' }),
      known({ note: 'pump 7 ', name: 'noted' }),
      known({ name: 'PUMP 7' }),
      known({ name: 'mac' }, ['00:03:27:aa:bb:cc']),
      known({ serial: asks.serial, name: 'serial' }),
      known({ publicKey: asks.publicKey, online: true, name: 'key' }),
    ];
    const ranked = rankCandidates(asks, ewons);
    assert.deepEqual(
      ranked.map(({ reasons }) => reasons[0]?.is),
      CANDIDATE_REASONS,
    );
    const texts = ranked.flatMap(({ reasons }) => reasons.map(({ text }) => text)).join('\n');
    assert.match(texts, /same serial number, 1524-0071-21/);
    assert.match(texts, /heard last at 1970-01-01T00:00:00.005Z/);
  });

  test('a stronger reason outweighs all weaker ones together', () => {
    const many = known({ name: 'Pump 7', note: 'Pump 7', link: 'unlinked' }, []);
    const one = known({ name: 'x' }, ['00:03:27:aa:bb:cc']);
    assert.equal(rankCandidates(asks, [many, one])[0]?.deviceId, one.deviceId);
  });

  test('who is online is nobody to be replaced, and an empty note is no evidence', () => {
    assert.deepEqual(rankCandidates(asks, [known({ online: true, name: 'Pump 7', serial: asks.serial })]), []);
    const bare = { ...asks, note: '' };
    assert.deepEqual(rankCandidates(bare, [known({ note: '', online: false })])[0]?.reasons.length, 1);
  });

  test('of equal evidence the one that was heard last', () => {
    const [old, fresh] = [known({ lastSeenAt: timestampOf(1) }), known({ lastSeenAt: timestampOf(2) })];
    assert.deepEqual(
      rankCandidates(asks, [old, fresh]).map(({ deviceId }) => deviceId),
      [fresh.deviceId, old.deviceId],
    );
  });
});
