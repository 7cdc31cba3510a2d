import { assert, suite } from '@ewon-agent/contracts/testing';
import { COMCFG_KEYS } from './comcfg-keys.ts';
import { CONFIG_KEYS } from './config-keys.ts';

suite('keys of the comcfg.txt of the simulated Ewon', (test) => {
  test('no key stands twice, whatever the case of its letters', () => {
    const names = COMCFG_KEYS.map(({ key }) => key.toLowerCase());
    assert.equal(new Set(names).size, names.length);
  });

  test('each key takes what the factory puts there, in either file', () => {
    assert.deepEqual(
      [...COMCFG_KEYS, ...CONFIG_KEYS].filter(({ takes, factory }) => !takes(factory)).map(({ key }) => key),
      [],
    );
  });

  test('documented values are taken, and others are not', () => {
    const takes = (key: string) => COMCFG_KEYS.find((known) => known.key === key)?.takes ?? (() => false);
    const table = [
      ['WANCnx', ['0', '4'], ['5', '', '-1', 'modem']],
      ['WANPxyMode', ['0', '10'], ['3', '9']],
      ['LANWANConfig', ['0', '8', '14'], ['1', '16']],
      ['EthIP', ['192.168.0.53'], ['192.168.0.256', '192.168.0', 'x']],
      ['IpsHttpP1', ['80', '65535'], ['65536', '']],
      ['GeolocEnable', ['0', '1'], ['2', 'true']],
      ['GsmOpId', ['0', '20601'], ['206']],
      ['ModExpType', ['-1', '137'], ['-2']],
      ['WANFbckHostNamesToCheck', ['x'.repeat(96)], ['x'.repeat(97)]],
    ] as const;
    for (const [key, good, bad] of table) {
      for (const value of good) assert.ok(takes(key)(value), `${key}:${value}`);
      for (const value of bad) assert.equal(takes(key)(value), false, `${key}:${value}`);
    }
  });
});
