import { MINUTE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from '../testing/facts.ts';
import { isGone, isSilent, SILENT_OFFLINE_MS } from './presence.ts';

const ago = (ms: number) => timestampOf(NOW_MS - ms);

suite('presence', (test) => {
  test('gone is who counts as online and was silent for longer than the limit, while somebody listened', () => {
    const over = SILENT_OFFLINE_MS + 1;
    const table = [
      [{ online: true, lastSeenAt: ago(over) }, over, true],
      [{ online: true, lastSeenAt: ago(SILENT_OFFLINE_MS) }, over, false],
      [{ online: true, lastSeenAt: ago(over) }, MINUTE_MS, false],
      [{ online: true, lastSeenAt: null }, over, true],
      [{ online: false, lastSeenAt: ago(over) }, over, false],
    ] as const;
    for (const [ewon, listenedMs, gone] of table)
      assert.equal(isGone(ewon, { nowMs: NOW_MS, listeningSinceMs: NOW_MS - listenedMs }), gone, JSON.stringify(ewon));
  });
  test('who was never heard is not silent: its first message may be one that the broker kept', () => {
    assert.deepEqual(
      [null, ago(MINUTE_MS), ago(SILENT_OFFLINE_MS + 1)].map((lastSeenAt) => isSilent({ lastSeenAt }, NOW_MS)),
      [false, false, true],
    );
  });
});
