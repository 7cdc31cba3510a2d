import { assert, suite } from '@ewon-agent/contracts/testing';
import { ewonRecord } from '../testing/records.ts';
import { nameOrderOf, searchTextOf, searchWordsOf } from './ewon-words.ts';

suite('what lists of Ewons are searched and sorted by', (test) => {
  test('names are in the order in which people count', () => {
    const names = ['Pump 10', 'pump 9', 'Ärzte', 'Pump 9b', 'pump', 'Pump 1000000'];
    const sorted = names.toSorted((a, b) => (nameOrderOf(a) < nameOrderOf(b) ? -1 : 1));
    assert.deepEqual(sorted, ['pump', 'pump 9', 'Pump 9b', 'Pump 10', 'Pump 1000000', 'Ärzte']);
  });

  test('versions are in the order of their numbers, not of their letters', () => {
    const versions = ['14.10s0', '14.9s3', '14.9s10', '0.10.0', '0.9.2', ''];
    const sorted = versions.toSorted((a, b) => (nameOrderOf(a) < nameOrderOf(b) ? -1 : 1));
    assert.deepEqual(sorted, ['', '0.9.2', '0.10.0', '14.9s3', '14.9s10', '14.10s0']);
  });

  test('a search looks into name, serial, description, fields and note, whatever the case of letters, also beyond ASCII', () => {
    const text = searchTextOf(
      ewonRecord({ name: 'ÄX', description: 'Hall B', customFields: ['c1', 'C2', ''], note: 'From card' }),
    );
    for (const word of ['äx', '1524-0071-21', 'hall b', 'c1', 'c2', 'from card']) assert.ok(text.includes(word), word);
  });

  test('a search is its words, eight at most', () => {
    assert.deepEqual(searchWordsOf('  Hall  PUMP '), ['hall', 'pump']);
    assert.deepEqual(searchWordsOf(' '), []);
    assert.equal(searchWordsOf('a b c d e f g h i j').length, 8);
  });
});
