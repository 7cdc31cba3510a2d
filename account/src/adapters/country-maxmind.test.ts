import { assert, suite } from '@ewon-agent/contracts/testing';
import { createCountryMaxmind } from './country-maxmind.ts';

suite('the database of addresses', (test) => {
  test('knows the country of addresses that have been where they are for long, and says so of none that nobody has', async () => {
    const lines: unknown[] = [];
    const countries = createCountryMaxmind({ write: (...line) => void lines.push(line) });
    // a university of the Netherlands and one of Switzerland, which were given them before there was a market
    assert.deepEqual(await countries.countryOf('145.18.1.1'), { is: 'found', code: 'NL' });
    assert.deepEqual(await countries.countryOf('129.132.1.1'), { is: 'found', code: 'CH' });
    assert.deepEqual(await countries.countryOf('2001:620::1'), { is: 'found', code: 'CH' });
    assert.deepEqual(await countries.countryOf('10.0.0.1'), { is: 'unknown' });
    assert.deepEqual(lines, []);
  });
});
