import { assert, suite } from '@ewon-agent/contracts/testing';
import { drillable, drilledByProof, drilledWithoutProof } from './wan-drill.ts';
import { EWON_LINK, type LinkReading, mergeReadings } from './wan-link.ts';

const reading: LinkReading = { source: 'kernel', name: 'wwan0', kind: 'cellular', up: true, ip: '10.64.3.9' };
const factsOf = (...readings: LinkReading[]) => mergeReadings([], readings, { atMs: 0, order: [] });

suite('WAN drill', (test) => {
  test('what is known of a link without a proof, and when one is needed', () => {
    const rows = [
      [{}, 'wwan0', undefined],
      [{}, 'eth0', 'WAN_ROUTE_MISSING'],
      [{}, undefined, 'WAN_ROUTE_MISSING'],
      [{ up: false }, 'wwan0', 'WAN_LINK_DOWN'],
      [{ up: false, registered: false }, 'wwan0', 'WAN_CELL_LOST'],
    ] as const;
    for (const [more, sentBy, cause] of rows) {
      const [link] = factsOf({ ...reading, ...more });
      assert.ok(link);
      assert.equal(drilledWithoutProof(link, sentBy)?.cause, cause, JSON.stringify([more, sentBy]));
    }
    const [bare] = factsOf({ source: 'kernel', name: 'eth0', up: true });
    assert.equal(bare && drilledWithoutProof(bare, 'eth0')?.cause, 'WAN_ADDRESS_MISSING');
  });

  test('a link is whole when the account answered over it; one that is sick is not', () => {
    const [link] = factsOf(reading);
    assert.ok(link);
    const probe = { layer: 'account', target: 'a.example', ms: 9 } as const;
    assert.equal(drilledByProof(link, { probes: [probe], bytes: 1 }).whole, true);
    const sick = drilledByProof(link, { probes: [{ ...probe, error: 'status 503' }], bytes: 1 });
    assert.deepEqual([sick.whole, sick.cause], [false, 'WAN_ACCOUNT_FAILED']);
  });

  test("the Ewon's own way out is not drilled: this board cannot send over it", () => {
    const links = factsOf(reading, { source: 'ewon', name: EWON_LINK, up: true });
    assert.deepEqual(
      drillable(links).map(({ name }) => name),
      ['wwan0'],
    );
  });
});
