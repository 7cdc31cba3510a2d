import { assert, suite } from '@ewon-agent/contracts/testing';
import { chosenColumns, keepColumns } from './columns.ts';

suite('columns of the list of Ewons', (test) => {
  test('what was chosen is there at the next visit, in the order of the list, always with the name', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
    };
    assert.deepEqual(chosenColumns(storage).slice(0, 2), ['name', 'status']);
    keepColumns(storage, ['firmware', 'pool']);
    assert.deepEqual(chosenColumns(storage), ['name', 'firmware', 'pool']);
    kept.set('ewon-columns', 'x y');
    assert.deepEqual(chosenColumns(storage), ['name']);
  });

  test('a browser that keeps nothing is none the worse', () => {
    keepColumns(
      {
        setItem: () => {
          throw new Error('full');
        },
      },
      ['name'],
    );
  });
});
