import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { clustered, clusterScale } from './clusters.ts';
import { worldOf } from './mercator.ts';
import { countriesOf, countryAt } from './outlines.ts';

const read = (detail: string) =>
  countriesOf(
    JSON.parse(readFileSync(fileURLToPath(import.meta.resolve(`world-atlas/countries-${detail}.json`)), 'utf8')),
  );

suite('outlines of countries', (test) => {
  test('both details know in which country a place is, also beyond the antimeridian and at the pole', () => {
    for (const detail of ['110m', '50m']) {
      const countries = read(detail);
      assert.ok(countries.length > 170, `${countries.length} countries`);
      const table = [
        [50.62, 4.33, 'Belgium'],
        [47.37, 8.54, 'Switzerland'],
        [-29.6, 28.2, 'Lesotho'], // a hole in South Africa
        [-26.2, 28.05, 'South Africa'],
        [66.5, 179, 'Russia'],
        [66.3, -175, 'Russia'], // the same peninsula on the other side
        [-85, 90, 'Antarctica'],
        [-85, -90, 'Antarctica'],
        [0, -30, undefined],
        [40, -170, undefined],
      ] as const;
      for (const [lat, lng, name] of table)
        assert.equal(countryAt(countries, { lat, lng }), name, `${lat}, ${lng} by ${detail}`);
    }
  });

  test('no outline jumps: no step of a line is longer than a tenth of the world, but along the edge', () => {
    for (const { name, rings } of read('110m'))
      for (const { corners } of rings)
        for (let i = 2; i < corners.length; i += 2) {
          const step = Math.abs((corners[i] ?? 0) - (corners[i - 2] ?? 0));
          const atEdge = (corners[i + 1] ?? 0) > 0.999 && (corners[i - 1] ?? 0) > 0.999;
          assert.ok(step < 0.1 || atEdge, `${name}: ${step}`);
        }
  });
});

suite('marks that would lie over one another', (test) => {
  const at = (lat: number, lng: number, of: string) => ({ ...worldOf({ lat, lng }), of });

  test('every one is in one number, near ones together and far ones apart, and nearer there are more', () => {
    const points = Array.from({ length: 1000 }, (_, i) =>
      at(40 + ((i * 7919) % 1000) / 60, ((i * 104_729) % 1000) / 40, `e${i}`),
    );
    let before = 0;
    for (const scale of [500, 2000, 8000, 32_000, 2 ** 23]) {
      const clusters = clustered(points, scale);
      const members = clusters.flatMap((cluster) => cluster.members);
      assert.equal(members.length, 1000);
      assert.equal(new Set(members).size, 1000);
      assert.ok(clusters.length >= before, `${clusters.length} at ${scale}`);
      before = clusters.length;
    }
    assert.ok(before > 900);
  });

  test('two sides of the antimeridian are one place', () => {
    const [one, ...others] = clustered([at(-17, 179.99, 'a'), at(-17, -179.99, 'b')], 600);
    assert.deepEqual(one?.members, ['a', 'b']);
    assert.deepEqual(others, []);
    assert.ok((one?.x ?? 0.5) < 0.001 || (one?.x ?? 0.5) > 0.999, 'between them, and not in Africa');
  });

  test('what is put together stays so up to the next half step of the scale', () => {
    assert.equal(clusterScale(1024), 1024);
    assert.equal(clusterScale(1400), 1024);
    assert.equal(Math.round(clusterScale(1500)), 1448);
  });
});
