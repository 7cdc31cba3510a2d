import { comparePatchVersions, isNamedBy, type PatchVersion, parsePatchVersion, whyNotFrom } from './patch-version.ts';
import { assert, suite } from './testing/suite.ts';

const read = (text: string): PatchVersion => parsePatchVersion(text) ?? [0, 0, 0];

suite('versions of patches', (test) => {
  for (const [text, read] of [
    ['14.6s0', [14, 6, 0]],
    ['15.0s4p21', [15, 0, 4]],
    ['11.0s0b11 (11.0)', [11, 0, 0]],
    ['21.2S10', [21, 2, 10]],
    ['1.4.2', [1, 4, 2]],
    ['0.1.0+build', [0, 1, 0]],
    ['15.0', [15, 0, 0]],
    ['', undefined],
    ['15', undefined],
    ['v1.2.3', undefined],
    ['12345.0s1', undefined],
    ['1.2s12345', undefined],
  ] as const) {
    test(`"${text}" is ${read?.join(', ') ?? 'none'}`, () => assert.deepEqual(parsePatchVersion(text), read));
  }

  test('each number counts before the next one, as numbers', () => {
    const order = ['9.9s9', '14.2s10', '14.10s2', '14.10s10', '15.0s0'].map((text) => read(text));
    for (const [i, a] of order.entries())
      for (const [j, b] of order.entries()) assert.equal(Math.sign(comparePatchVersions(a, b)), Math.sign(i - j));
  });

  for (const [pattern, text, named] of [
    ['14.x', '14.6s0', true],
    ['14.x', '15.0s0', false],
    ['15.0.x', '15.0s4', true],
    ['15.0.x', '15.1s0', false],
    ['15.0s2', '15.0s2', true],
    ['15.0s2', '15.0s3', false],
    ['1.4.2', '1.4.2', true],
    ['x', '1.4.2', false],
  ] as const) {
    test(`${pattern} ${named ? 'names' : 'does not name'} ${text}`, () => {
      assert.equal(isNamedBy(pattern, read(text)), named);
    });
  }

  for (const [title, from, requires, not] of [
    ['nothing is asked', [], [], undefined],
    ['it is named', ['13.x', '14.x'], [], undefined],
    ['others are named', ['13.x'], ['15.0s2'], { is: 'for others' }],
    ['a step is missing', ['14.x'], ['14.0s0', '15.0s2'], { is: 'a step missing', step: '15.0s2' }],
    ['a step is no version', [], ['soon'], { is: 'a step missing', step: 'soon' }],
    ['the step is what runs', [], ['14.6s0'], undefined],
  ] as const) {
    test(`14.6s0 and a patch, ${title}: ${not?.is ?? 'may be replaced'}`, () => {
      assert.deepEqual(whyNotFrom(read('14.6s0'), { from, requires }), not);
    });
  }
});
