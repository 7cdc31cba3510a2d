import { chownSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { edited, type SavedSettings } from '../core/settings/settings.ts';
import { changeSettings, switchLocation } from './settings-file.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const change = (saved: SavedSettings) =>
  ok({
    saved: edited(saved, { 'log.level': 'debug' }, { by: 'ann', at: '2026-03-01T12:00:00.000Z' as never }),
    value: 1,
  });

suite('the file of settings', (test) => {
  let dir = '';
  test.before.each(() => {
    dir = mkdtempSync(join(tmpdir(), 'settings-'));
    if (isRoot) chownSync(dir, NOBODY, NOBODY);
  });
  test.after.each(() => rmSync(dir, { recursive: true }));

  test("what root sets is the agent's, so that it can go on with it", () => {
    assertOk(changeSettings(dir, change));
    assertOk(switchLocation(dir, false, { by: 'ann' }));
    const files = readdirSync(dir);
    assert.ok(files.length >= 3, `${files}`);
    for (const file of files) assert.equal(statSync(join(dir, file)).uid, statSync(dir).uid, file);
  });

  test('a lock that leads elsewhere is not followed', () => {
    symlinkSync(join(dir, 'elsewhere'), join(dir, 'settings.lock'));
    assertFault(changeSettings(dir, change), 'STATE_UNWRITABLE');
    assert.deepEqual(readdirSync(dir), ['settings.lock']);
  });
});
