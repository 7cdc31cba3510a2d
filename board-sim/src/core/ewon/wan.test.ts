import { MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { COMCFG_FACTORY } from './comcfg-keys.ts';
import { LINKS_WELL, linkInUse, type Wan, wanBegins, wanPasses } from './wan.ts';

const FALLBACK = new Map(COMCFG_FACTORY).set('WANCnx', '2').set('WANFbckCnx', '1');
const CABLE_OUT = { ...LINKS_WELL, ethernet: 'down' } as const;

/** Minutes at which it changed over, with the link that it went to. */
function changes(settings: ReadonlyMap<string, string>, links = CABLE_OUT, untilMinutes = 300) {
  const { happened } = wanPasses(wanBegins(settings, 0), settings, links, untilMinutes * MINUTE_MS);
  return happened.map(({ atMs, text }) => [atMs / MINUTE_MS, text.split(' ').at(-1)] as const);
}

suite('WAN of the simulated Ewon', (test) => {
  test('ex factory: the third failed check falls back, an hour later it is back, and 75 minutes lie between two fallbacks', () => {
    assert.deepEqual(changes(FALLBACK), [
      [3, 'cellular'],
      [63, 'ethernet'],
      [78, 'cellular'],
      [138, 'ethernet'],
      [153, 'cellular'],
      [213, 'ethernet'],
      [228, 'cellular'],
      [288, 'ethernet'],
    ]);
  });

  test('each of the documented settings moves the time that it stands for', () => {
    const with_ = (key: string, value: string) => changes(new Map(FALLBACK).set(key, value), CABLE_OUT, 200);
    assert.deepEqual(with_('WANFbckMaxCnxRetries', '1')[0], [1, 'cellular']);
    assert.deepEqual(with_('WANFbckCheckPeriod', '10')[0], [0.5, 'cellular']);
    assert.deepEqual(with_('WANFbckMaxDuration', '20').slice(0, 3), [
      [3, 'cellular'],
      [23, 'ethernet'],
      [78, 'cellular'],
    ]);
    assert.deepEqual(with_('WANFbckMinInterval', '150').slice(0, 3), [
      [3, 'cellular'],
      [63, 'ethernet'],
      [153, 'cellular'],
    ]);
  });

  test('a link that is there and reaches nobody counts as failed', () => {
    assert.equal(changes(FALLBACK, { ...LINKS_WELL, ethernet: 'silent' } as never)[0]?.[1], 'cellular');
  });

  test('two failures and a success begin to count anew', () => {
    let wan: Wan = wanBegins(FALLBACK, 0);
    for (const [minute, links] of [
      [2, CABLE_OUT],
      [3, LINKS_WELL],
      [5, CABLE_OUT],
    ] as const) {
      wan = wanPasses(wan, FALLBACK, links, minute * MINUTE_MS).wan;
    }
    assert.deepEqual([wan.on, wan.failed], ['primary', 2]);
  });

  test('without a secondary nothing is ever due', () => {
    assert.equal(wanBegins(COMCFG_FACTORY, 0).dueAtMs, undefined);
    assert.deepEqual(changes(COMCFG_FACTORY), []);
  });

  test('it does not matter in how many steps time passes', () => {
    let wan = wanBegins(FALLBACK, 0);
    let changed = 0;
    for (let atMs = 0; atMs <= 300 * MINUTE_MS; atMs += 7 * SECOND_MS) {
      const passed = wanPasses(wan, FALLBACK, CABLE_OUT, atMs);
      wan = passed.wan;
      changed += passed.happened.length;
    }
    assert.deepEqual([changed, linkInUse(wan, FALLBACK)], [8, 'ethernet']);
  });
});
