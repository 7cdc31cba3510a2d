import { assert, suite } from '@ewon-agent/contracts/testing';
import { type DirectoryLook, type DirectoryStay, lookedAgain, markedAgain, NEVER_LOOKED } from './directory-stay.ts';

const look = (mount: string | undefined, content: string | undefined): DirectoryLook => ({ mount, content });
const NOTHING = look(undefined, '');

/** Which insertion is in after each look; `–` for none. */
function after(...looks: readonly DirectoryLook[]): string {
  let stay: DirectoryStay = NEVER_LOOKED;
  return looks
    .map((one) => {
      stay = lookedAgain(stay, one);
      return stay.present?.insertion.split('.')[0] ?? '–';
    })
    .join(' ');
}

suite('directory as a slot', (test) => {
  const table: Record<string, readonly [readonly DirectoryLook[], string]> = {
    'a mount is a card, whatever it holds': [[NOTHING, look('a', ''), look('a', '')], '– 1 1'],
    'a mount that goes is no card any more': [[look('a', 'x'), NOTHING], '1 –'],
    'the same mounted again is another insertion': [[look('a', 'x'), NOTHING, look('a', 'x')], '1 – 2'],
    'another mount without a gap is another insertion': [[look('a', 'x'), look('b', 'x')], '1 2'],
    'a file that changes on a mount is another insertion': [[look('a', 'x'), look('a', 'y')], '1 2'],
    'a mount that does not answer stays what it was': [
      [look('a', 'x'), look('a', undefined), look('a', 'x'), look('a', undefined), look('a', 'y')],
      '1 1 1 1 2',
    ],
    'a mount that answers late is no other one': [[look('a', undefined), look('a', 'x')], '1 1'],
    'files that are there at the start are a card': [[look(undefined, 'x'), look(undefined, 'x')], '1 1'],
    'files that come are a card once they rest': [
      [NOTHING, look(undefined, 'x'), look(undefined, 'xy'), look(undefined, 'xy')],
      '– – – 1',
    ],
    'files that change are no card until they rest': [
      [look(undefined, 'x'), look(undefined, 'y'), look(undefined, 'y')],
      '1 – 2',
    ],
    'files that go are no card': [[look(undefined, 'x'), NOTHING], '1 –'],
    'files below a new mount are covered': [[look(undefined, 'x'), look('a', '')], '1 2'],
    'a directory that cannot be looked at is empty': [[look(undefined, undefined)], '–'],
  };
  for (const [name, [looks, insertions]] of Object.entries(table)) {
    test(name, () => assert.equal(after(...looks), insertions));
  }

  test('a stay goes on after we wrote on the card, and ends with the next change', () => {
    for (const mount of ['a', undefined]) {
      const before = lookedAgain(NEVER_LOOKED, look(mount, 'x'));
      const marked = markedAgain(before, look(mount, 'receipt'));
      assert.equal(marked.present?.insertion, before.present?.insertion);
      assert.equal(lookedAgain(marked, look(mount, 'receipt')).present?.insertion, before.present?.insertion);
      assert.notEqual(lookedAgain(marked, look(mount, 'z')).present?.insertion, before.present?.insertion);
    }
  });

  test('a wipe that leaves no file in a plain directory ends nothing while it is marked', () => {
    const before = lookedAgain(NEVER_LOOKED, look(undefined, 'x'));
    assert.equal(markedAgain(before, NOTHING).present?.insertion, before.present?.insertion);
    assert.equal(markedAgain(lookedAgain(NEVER_LOOKED, look('a', 'x')), NOTHING).present, undefined);
  });
});
