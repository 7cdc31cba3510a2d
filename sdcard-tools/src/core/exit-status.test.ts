import { CODES, isCode } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { exitStatusOf } from './exit-status.ts';

suite('exit status', (test) => {
  test('only a usable card is 0; every code of T2M.txt and T2M.json is 3', () => {
    for (const code of Object.keys(CODES).filter(isCode)) {
      assert.equal(exitStatusOf(code) === 0, code === 'CARD_USABLE', code);
      if (/^T2M/.test(code)) assert.equal(exitStatusOf(code), 3, code);
    }
  });

  test('wrong use is 2, a failing machine is 1', () => {
    assert.deepEqual(['USAGE', 'TARGET_MISSING', 'TARGET_REFUSED'].filter(isCode).map(exitStatusOf), [2, 2, 2]);
    const drives = ['DRIVE_SYSTEM', 'DRIVE_IN_USE', 'DRIVE_NOT_REMOVABLE', 'DRIVE_UNKNOWN', 'DRIVE_READ_ONLY'];
    assert.deepEqual(drives.filter(isCode).map(exitStatusOf), [2, 2, 2, 2, 3]);
    assert.deepEqual(['CARD_UNREADABLE', 'CARD_UNWRITABLE', 'CARD_GONE'].filter(isCode).map(exitStatusOf), [1, 1, 1]);
    const away = ['ADMIN_UNREACHABLE', 'ACCOUNT_NOT_RUNNING', 'ACCOUNT_ERROR'];
    assert.deepEqual(away.filter(isCode).map(exitStatusOf), [1, 1, 1]);
    const no = ['ADMIN_UNTRUSTED', 'ADMIN_TOKEN_REFUSED', 'GRK_REVOKED', 'NOT_FOUND', 'NOT_PERMITTED'];
    assert.deepEqual(no.filter(isCode).map(exitStatusOf), [3, 3, 3, 3, 3]);
    assert.deepEqual(['CARD_NOT_FAT', 'CARD_TAKEN', 'CARD_FULL'].filter(isCode).map(exitStatusOf), [3, 3, 3]);
  });
});
