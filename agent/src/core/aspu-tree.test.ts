import { assert, suite } from '@ewon-agent/contracts/testing';
import { aspuPlaceOf } from './aspu-tree.ts';

const TARGET = `targets/${'a1'.repeat(32)}.agent-1.2.4.tar`;

suite('the tree of patches in an archive', (test) => {
  test('its files have their places, with and without the folders of a card before them', () => {
    for (const place of ['timestamp.json', '1.root.json', '1772366411.snapshot.json', '17.targets.json', TARGET])
      for (const before of ['', './', 'aspu/', './aspu/', 'media/card/aspu/'])
        assert.equal(aspuPlaceOf(before + place), place, before + place);
  });

  test('nothing else has one, and nothing leads out of it', () => {
    const others = [
      '',
      '.',
      '..',
      '/',
      'aspu',
      'T2M.txt',
      'root.json',
      '0.root.json',
      '1.root.json.part',
      'aspu/._1.root.json',
    ];
    const ways = [
      '../1.root.json',
      'aspu/../1.root.json',
      '/aspu/1.root.json',
      'aspu/targets/../1.root.json',
      '..\\1.root.json',
    ];
    const elsewhere = [
      'old/1.root.json',
      'aspu/old/timestamp.json',
      `old/${TARGET}`,
      'targets/1.root.json',
      TARGET.slice(8),
    ];
    for (const name of [...others, ...ways, ...elsewhere, `${TARGET}/x`, 'targets/a.tar', 'aspu/1.root.json\0'])
      assert.equal(aspuPlaceOf(name), undefined, JSON.stringify(name));
  });
});
