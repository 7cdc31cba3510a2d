import type { PatchMessage } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { patchText } from './patch.ts';

const at = '2026-03-01T12:01:00.000Z' as PatchMessage['at'];
const TOLD: PatchMessage = {
  ...{ v: 1, at, epoch: 'e' as PatchMessage['epoch'], seq: 7 },
  ...{ state: 'waiting', reason: 'PATCH_WINDOW_CLOSED', detail: 'opens 02:00', received: 18 },
  patch: { path: 'er15_0s4p21_ma.edfs', sha256: 'a'.repeat(64), kind: 'ewon-firmware', version: '15.0s4' },
  ...{ agent: '1.4.1', firmware: '15.0s2' },
  repository: { root: 1, timestamp: 4, snapshot: 3, targets: 2, expiresAt: at, refreshedAt: at },
};

suite('account patch', (test) => {
  test('all that an Ewon told of its patches', () =>
    assert.deepEqual(patchText(TOLD, 'online').split('\n'), [
      'State        waiting, 18 bytes are here',
      'Reason       PATCH_WINDOW_CLOSED: The patch waits for the time at which the account lets an Ewon change itself.',
      '             opens 02:00',
      'Patch        er15_0s4p21_ma.edfs, ewon-firmware 15.0s4',
      'Agent        1.4.1',
      'Firmware     15.0s2',
      'Repository   root 1, targets 2, snapshot 3, timestamp 4',
      `Read         ${at}`,
      `Holds until  ${at}`,
      `Told         ${at}`,
    ]));

  test('one that told little, one that told nothing, and words that would move the cursor', () => {
    const { reason: _, detail: __, received: ___, patch: ____, firmware: _____, repository: ______, ...bare } = TOLD;
    const text = patchText({ ...bare, state: 'idle', agent: '1\u001b[2J' }, 'offline');
    assert.ok(!text.includes('\u001b'));
    assert.match(text, /the Ewon was not asked\nRepository +none is trusted yet\nTold .*; the Ewon is offline now$/);
    assert.match(patchText(null, 'online'), /docs\/aspu\.md/);
  });
});
