import { err, ok, type Result } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { HeardAccessPoint } from '../core/location-wifi.ts';
import { testClock } from '../testing/test-clock.ts';
import type { Said } from './location.ts';
import { lookForWifi } from './wifi.ts';

const point = (last: number): HeardAccessPoint => ({ ssid: 'plant', mac: `00:1c:10:00:00:0${last}` });

suite('looks for access points', (test) => {
  test('now and after each pause; what fails is told and tried again', async () => {
    const { clock, pass } = testClock();
    const answers: Result<readonly HeardAccessPoint[]>[] = [
      ok([point(1), point(2)]),
      err('LOCATION_SOURCE_FAILED', 'iw: busy'),
      ok([]),
    ];
    const said: Said[] = [];
    const scan = async () => answers.shift() ?? err('LOCATION_SOURCE_FAILED', 'none');
    const looks = lookForWifi({ clock, everyMs: 1000, scan, say: (what) => said.push(what) });
    const settle = async () => {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    };
    for (let round = 0; round < 3; round++) {
      await settle();
      pass(1000);
    }
    await settle();
    assert.deepEqual(
      said.map((what) => `${what.on} ${what.what}`),
      ['WifiHeard 2 access points', 'SourceFailed iw: busy', 'WifiHeard 0 access points', 'SourceFailed none'],
    );
    looks.close();
  });

  test('closed while one is on its way: it is ended, and what it heard is thrown away', async () => {
    const { clock, pass } = testClock();
    const heard = Promise.withResolvers<Result<readonly HeardAccessPoint[]>>();
    let wasEnded = false;
    let looks = 0;
    const said: Said[] = [];
    const watch = lookForWifi({
      ...{ clock, everyMs: 1000, say: (what) => said.push(what) },
      scan(signal) {
        looks += 1;
        signal.addEventListener('abort', () => {
          wasEnded = true;
        });
        return heard.promise;
      },
    });
    watch.close();
    heard.resolve(ok([point(1), point(2)]));
    await heard.promise;
    pass(10_000);
    assert.deepEqual([wasEnded, looks, said], [true, 1, []]);
  });
});
