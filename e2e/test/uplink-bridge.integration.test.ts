import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { bridgeLoss } from '../src/mosquitto-bridge.ts';

// What uplink-loss asks of our outbox, asked of a Mosquitto with a bridge: 20,000 acknowledged while the line is down, then
// kill -9, then the line is up. Here so that the comparison stays true with the Mosquitto that people have.

const MESSAGES = 20_000;
/** Mosquitto writes its whole database each time: at every message 20,000 of them do not end within minutes. */
const CHANGES_BETWEEN_SAVES = 1000;

const TUNED = [
  'persistence true',
  'persistence_location DIR',
  'max_queued_messages 0',
  'max_queued_bytes 0',
  'autosave_on_changes true',
  `autosave_interval ${CHANGES_BETWEEN_SAVES}`,
];

suite('a Mosquitto bridge beside our outbox', { needs: ['mosquitto'], timeoutMs: 180_000 }, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'bridge-'));
  test.after(() => rmSync(dir, { recursive: true, force: true }));

  test('as it comes it keeps nothing that it acknowledged over a kill -9', async () => {
    const { accepted, arrived } = await bridgeLoss(join(dir, 'stock'), [], MESSAGES);
    process.stdout.write(` ${accepted - arrived} of ${accepted} lost `);
    assert.equal(accepted, MESSAGES);
    assert.equal(arrived, 0);
  });

  test('tuned it keeps all but what came after its last save', async () => {
    const { accepted, arrived, doubled } = await bridgeLoss(join(dir, 'tuned'), TUNED, MESSAGES);
    process.stdout.write(` ${accepted - arrived} of ${accepted} lost, ${doubled} twice `);
    assert.ok(arrived >= accepted - 2 * CHANGES_BETWEEN_SAVES, `${arrived} arrived`);
  });
});
