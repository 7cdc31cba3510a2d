import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fallReading } from '@ewon-agent/agent/core/wan-ewon';
import { askEwonNowAndThen } from '@ewon-agent/agent/shell/ewon-way';
import { testClock } from '@ewon-agent/agent/testing/test-clock';
import { MODEM } from '@ewon-agent/board-sim/core/ewon/modem';
import { startEwon } from '@ewon-agent/board-sim/ewon/start-ewon';
import { MINUTE_MS } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { createEwonHttp } from '@ewon-agent/firmware-bridge/adapters/ewon-http';

// The Ewon's own fallback, with its documented times, asked over its web server.

suite('an Ewon that falls back', (test) => {
  test('tells since when and until when, from its settings and its status, and that it is back', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fallback-'));
    const passwordFile = join(dir, 'password');
    const { clock, pass } = testClock();
    const comcfg = { WANCnx: '2', WANFbckCnx: '1', WANFbckMaxDuration: '90' };
    const ewon = await startEwon({ comcfg, modem: MODEM, clock });
    writeFileSync(passwordFile, ewon.password);
    const firmware = createEwonHttp({ url: ewon.url, user: ewon.user, passwordFile });
    let answers = 0;
    const said = askEwonNowAndThen({ firmware, clock, everyMs: MINUTE_MS, answered: () => void answers++ });
    /** A minute passes, and the Ewon is asked. */
    const minute = async () => {
      const before = answers;
      pass(MINUTE_MS);
      said();
      await eventually(() => answers > before, { what: 'an answer' });
      return fallReading(said()?.fall).fallback;
    };
    assert.equal(await minute(), undefined);
    ewon.happen({ on: 'linkChanged', link: 'ethernet', state: 'silent' });
    assert.equal(await minute(), undefined, 'it tries three times');
    let fallen = await minute();
    for (let n = 0; n < 5 && !fallen; n++) fallen = await minute();
    const fellMs = clock.now();
    assert.deepEqual(fallen, { primary: 'ethernet', active: 'cellular', returnsAtMs: fellMs + 90 * MINUTE_MS });
    ewon.happen({ on: 'linkChanged', link: 'ethernet', state: 'up' });
    for (let n = 0; n < 88; n++) assert.deepEqual(await minute(), fallen, `${n} minutes later`);
    await minute();
    await minute();
    assert.equal(await minute(), undefined, 'and back');
    await ewon.close();
    rmSync(dir, { recursive: true });
  });
});
