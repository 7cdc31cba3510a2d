import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { createSystemClock } from '../adapters/clock-system.ts';
import type { AgentConfig } from '../config/schema.ts';
import { locationRules, openLocation } from './open-location.ts';
import { locationPath } from './places.ts';

const LOCATION = { considerIp: true, spacingMs: 300_000, moveMetres: 100, hdopMax: 10 };

suite('the location on a real board', (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'location-'));
  test.after(() => rmSync(dir, { recursive: true, force: true }));
  const config = (more: Partial<AgentConfig> = {}): AgentConfig => ({
    ...{ stateDir: dir, slots: {}, SDConfigEnable: 1, USBConfigEnable: 1, GeolocEnable: 1, RemoteManagementEnable: 1 },
    firmware: { serial: '1524-0071-21', model: 'Flexy 202', version: '14.6s0' },
    patch: { everyMs: 14_400_000, metered: 'auto' },
    board: { switchDir: dir, orderDir: dir, bootIdFile: '/proc/sys/kernel/random/boot_id' },
    log: { level: 'info' },
    ...more,
  });
  const open = (more: Partial<AgentConfig> = {}) => openLocation(config(more), createSystemClock());

  test('what is saved is for this user alone, and taking it away leaves nothing', () => {
    const sources = open({ location: LOCATION });
    assert.equal(sources.load(), undefined);
    assertOk(sources.save('{"v":1,"ledger":[]}'));
    assert.deepEqual([sources.load(), statSync(locationPath(dir)).mode & 0o777], ['{"v":1,"ledger":[]}', 0o600]);
    assertOk(sources.erase());
    assertOk(sources.erase());
    assert.deepEqual([existsSync(locationPath(dir)), sources.load()], [false, undefined]);
    assertFault(open({ stateDir: join(dir, 'nowhere') }).save('{}'), 'STATE_UNWRITABLE');
  });

  test('a file that switches off is noticed when it comes and when it goes', async () => {
    let wakes = 0;
    const watching = open({ location: LOCATION }).watchSwitch(() => {
      wakes += 1;
    });
    writeFileSync(join(dir, 'geolocation.off'), '');
    await eventually(() => wakes > 0, { what: 'that it came' });
    wakes = 0;
    rmSync(join(dir, 'geolocation.off'));
    await eventually(() => wakes > 0, { what: 'that it went' });
    watching.stop();
  });

  test('sources are those that the configuration names; without it there is none, and nothing is opened', () => {
    const sourcesOf = (more: Partial<AgentConfig>) => locationRules(config(more)).sources;
    const wan = { links: {}, holdDownMs: 1, probeTimeoutMs: 1, probeBytesMax: 0, ewonEveryMs: 1 };
    assert.deepEqual(sourcesOf({ location: LOCATION }), []);
    assert.deepEqual(sourcesOf({ location: LOCATION, wan }), ['cells']);
    const all = { ...LOCATION, wifi: { interface: 'wlan0', everyMs: 1000 }, gnss: { gpsd: '[::1]:2947' } };
    assert.deepEqual(sourcesOf({ location: all, wan }), ['cells', 'wifi', 'gnss']);
    assert.deepEqual([sourcesOf({ wan }), open({ wan }).isConfigured], [[], false]);
    open({ wan })
      .open(() => assert.fail('nobody can speak'))
      .close();
  });
});
