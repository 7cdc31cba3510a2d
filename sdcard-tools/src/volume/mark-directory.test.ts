import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { RECEIPT } from '../testing/cards.ts';
import { markCardDirectory } from './mark-directory.ts';

suite('marking a directory', (test) => {
  let dir = '';
  const at = (name: string) => join(dir, name);
  test.before.each(() => {
    dir = mkdtempSync(join(tmpdir(), 'mark-'));
    writeFileSync(at('T2M.txt'), 'T2MKey:secret');
    writeFileSync(at('t2m.JSON'), '{"signed":true}');
    writeFileSync(at('photo.jpg'), 'a photo');
  });
  test.after.each(() => rmSync(dir, { recursive: true }));

  test('a receipt stands beside the registration, a second one of the same serial in its place', async () => {
    assertOk(await markCardDirectory(dir, { receipt: RECEIPT }));
    assertOk(await markCardDirectory(dir, { receipt: { ...RECEIPT, code: 'REGISTERED' } }));
    assert.match(readFileSync(at('RESULT.TXT'), 'utf8'), /^"Time".*\r\n.*1524-0071-21.*"REGISTERED".*\r\n$/);
    assert.equal(readFileSync(at('T2M.txt'), 'utf8'), 'T2MKey:secret');
  });

  test('a wipe overwrites the key where it stands and removes it in any case, and leaves strangers', async () => {
    linkSync(at('T2M.txt'), at('witness')); // what stands in the same place afterwards
    assertOk(await markCardDirectory(dir, { receipt: RECEIPT, wipe: true }));
    assert.deepEqual(readdirSync(dir).sort(), ['RESULT.TXT', 'photo.jpg', 'witness']);
    assert.deepEqual([...new Set(readFileSync(at('witness')))], [0]);
  });

  test('a link in place of the key is not followed', async () => {
    writeFileSync(at('elsewhere'), 'mine');
    rmSync(at('T2M.txt'));
    symlinkSync('elsewhere', at('T2M.txt'));
    assertFault(await markCardDirectory(dir, { wipe: true }), 'CARD_NOT_A_FILE');
    assert.equal(readFileSync(at('elsewhere'), 'utf8'), 'mine');
  });

  test('a directory in place of the receipt is refused, and the key stays', async () => {
    mkdirSync(at('RESULT.TXT'));
    assertFault(await markCardDirectory(dir, { receipt: RECEIPT, wipe: true }), 'CARD_NOT_A_FILE');
    assert.equal(readFileSync(at('T2M.txt'), 'utf8'), 'T2MKey:secret');
  });

  test('a directory that is not there is told', async () => {
    assertFault(await markCardDirectory(at('nothing'), { wipe: true }), 'TARGET_MISSING');
  });
});
