import { assert, suite } from '@ewon-agent/contracts/testing';
import { searchWordsOf } from './ewon-words.ts';
import { hasWords, isPlain, plainPartsOf } from './log-words.ts';

suite('words in the log', (test) => {
  test('a word is found whatever the case of its letters, in any script', () => {
    const line: Parameters<typeof hasWords>[0] = { name: 'Ärger 1', code: 'GRK_EXPIRED', event: 'НАСОС Øst, İZMİR' };
    for (const [search, isFound] of [
      ['ärger', true],
      ['ÄRGER насос', true],
      ['насос grk_', true],
      ['øST', true],
      ['izMİR', false],
      ['İzmİr', true],
      ['arger', false],
      ['ärger 2', false],
    ] as const)
      assert.equal(hasWords(line, searchWordsOf(search)), isFound, search);
    assert.ok(hasWords({ ...line, code: null }, []));
  });

  test('of a word beyond ASCII a database looks for the parts that it knows', () => {
    for (const [search, isAll, parts] of [
      ['Pump_1', true, ['pump_1']],
      ['Kühlung', false, ['k', 'hlung']],
      ['насос', false, []],
      ['İzmİr9', false, ['zm', 'r9']],
    ] as const) {
      const [word = ''] = searchWordsOf(search);
      assert.equal(isPlain(word), isAll, search);
      assert.deepEqual(plainPartsOf(word), parts, search);
    }
  });
});
