import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { findKnownFiles, findOtherFile } from './known-files.ts';

const file = (name: string) => ({ name, directory: false });
const directory = (name: string) => ({ name, directory: true });

suite('known files in a root directory', (test) => {
  test('in any case; the other files of the list in their strict order', () => {
    const entries = ['comcfg.TXT', 't2m.json', 'photo.jpg', 'T2M.TXT', 'EWONFWR.edf'].map(file);
    assert.deepEqual(assertOk(findKnownFiles(entries)), {
      t2mTxt: file('T2M.TXT'),
      t2mJson: file('t2m.json'),
      otherFiles: ['ewonfwr.edf', 'comcfg.txt'],
    });
  });

  test('none', () => {
    assert.deepEqual(assertOk(findKnownFiles([file('T2M.txt.bak')])), { otherFiles: [] });
  });

  test('a directory of the name of a file that is read: CARD_NOT_A_FILE; of another one: nothing', () => {
    assertFault(findKnownFiles([directory('t2m.txt')]), 'CARD_NOT_A_FILE');
    assertFault(findKnownFiles([file('T2M.txt'), directory('T2M.json')]), 'CARD_NOT_A_FILE');
    assert.deepEqual(assertOk(findKnownFiles([directory('backup.tar')])).otherFiles, []);
  });

  test('two of a name: CARD_DAMAGED', () => {
    assertFault(findKnownFiles([file('T2M.txt'), file('t2m.TXT')]), 'CARD_DAMAGED');
  });

  test('one of the other files is found in any case; the files with the key are never found', () => {
    const entries = ['T2M.txt', 'T2M.json', 'RESULT.TXT', 'BACKUP.TAR', 'photo.jpg'].map(file);
    assert.deepEqual(assertOk(findOtherFile(entries, 'backup.tar')), file('BACKUP.TAR'));
    for (const { name } of [...entries.filter((e) => e.name !== 'BACKUP.TAR'), file('comcfg.txt')])
      assertFault(findOtherFile(entries, name), 'CARD_GONE');
    assertFault(findOtherFile([directory('backup.tar')], 'backup.tar'), 'CARD_NOT_A_FILE');
    assertFault(findOtherFile([file('backup.tar'), file('BACKUP.TAR')], 'backup.tar'), 'CARD_DAMAGED');
  });
});
