import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { scanWifi } from './wifi-scan.ts';

const SEEN = 'BSS 00:1c:10:00:00:01(on wlan9)\n\tsignal: -50.00 dBm\n\tSSID: plant\n';
const NO_RIGHT = 'echo "command failed: Operation not permitted (-1)" >&2; exit 255';

suite('a look for access points', (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'wifi-'));
  test.after(() => rmSync(dir, { recursive: true, force: true }));
  let made = 0;
  /** A program of one line of shell. */
  const program = (line: string) => {
    const path = join(dir, `program-${++made}`);
    writeFileSync(path, `#!/bin/sh\n${line}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const nobody = join(dir, 'nothing');
  const look = (parts: { readonly iw?: string; readonly nmcli?: string; readonly managerRuns?: string }) =>
    scanWifi('wlan9', new AbortController().signal, {
      ...{ managerRuns: nobody, nmcli: nobody, iw: nobody },
      ...parts,
    });
  const namesOf = async (parts: Parameters<typeof look>[0]) => assertOk(await look(parts)).map(({ ssid }) => ssid);

  test('by iw, and by what others have seen where we may not look ourselves', async () => {
    const own = program(`[ "$*" = "dev wlan9 scan" ] && printf '${SEEN}'`);
    assert.deepEqual(await namesOf({ iw: own }), ['plant']);
    const others = program(`[ "$*" = "dev wlan9 scan dump" ] && printf '${SEEN}' && exit; ${NO_RIGHT}`);
    assert.deepEqual(await namesOf({ iw: others }), ['plant']);
  });

  test('by NetworkManager where it runs, and by nobody else then', async () => {
    const nmcli = program(`printf '00\\\\:1C\\\\:10\\\\:00\\\\:00\\\\:01:80:6:hall\\n'`);
    assert.deepEqual(await namesOf({ managerRuns: dir, nmcli, iw: program(`printf '${SEEN}'`) }), ['hall']);
    const detail = assertFault(
      await look({ managerRuns: dir, nmcli: program('exit 8') }),
      'LOCATION_SOURCE_FAILED',
    ).detail;
    assert.match(detail, /Command failed/);
  });

  test('what a program says when it fails is told; one that is not there as well', async () => {
    const refused = assertFault(await look({ iw: program(NO_RIGHT) }), 'LOCATION_SOURCE_FAILED').detail;
    assert.match(refused, /: command failed: Operation not permitted \(-1\)$/);
    assert.match(assertFault(await look({}), 'LOCATION_SOURCE_FAILED').detail, /ENOENT/);
  });

  test('one that was ended meanwhile starts no other', async () => {
    const ending = new AbortController();
    const count = join(dir, 'count');
    const iw = program(`echo x >> ${count}; exec sleep 60`);
    const looking = scanWifi('wlan9', ending.signal, { managerRuns: nobody, nmcli: nobody, iw });
    ending.abort();
    assertFault(await looking, 'LOCATION_SOURCE_FAILED');
  });
});
