import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { SETTING_KEYS, settingHelp, settingKey, settingOf } from './settings-keys.ts';
import { laid, lockOf, settingsIn, valueAt } from './settings-laid.ts';

const of = (path: string, text: string) => settingOf(assertOk(settingKey(path)), text);

suite('what can be set at the console', (test) => {
  test('no path of a file or device, no password, nothing of Ewon, slots and board', () => {
    const paths = SETTING_KEYS.map(({ path }) => path);
    assert.deepEqual(
      paths.filter((path) =>
        /file|dir|\bport$|password|user|^slots|^firmware|^board|^stateDir|^led|root|input/i.test(path),
      ),
      [],
    );
    for (const path of ['stateDir', 'board.switchDir', 'proxy.passwordFile', 'firmware.url', '__proto__', 'wan.links.'])
      assertFault(settingKey(path), 'SETTINGS_KEY_UNKNOWN');
  });

  test('each has a help with what it may be', () => {
    for (const key of SETTING_KEYS) assert.match(settingHelp(key), /^.{10,}\[.+\]$/);
    assert.match(settingHelp(assertOk(settingKey('patch.everyMs'))), /\[60000-604800000, default 14400000\]$/);
  });

  test('a value has the form, the range and the choices of the schema', () => {
    assert.equal(of('log.level', 'debug'), 'debug');
    assert.equal(of('log.level', 'loud'), undefined);
    assert.equal(of('GeolocEnable', '0'), 0);
    assert.equal(of('wan.holdDownMs', '200'), 200);
    for (const bad of ['199', '3600001', '2e3', '200.5', '', '0x200', ' 200'])
      assert.equal(of('wan.holdDownMs', bad), undefined);
    assert.equal(of('location.considerIp', 'false'), false);
    assert.equal(of('proxy.url', 'http://proxy.plant.example:3128'), 'http://proxy.plant.example:3128');
    assert.equal(of('proxy.url', 'http://u:p@proxy.plant.example'), undefined);
    assert.equal(of('wan.links.eth0.100', 'ethernet'), 'ethernet');
  });
});

suite('settings over the file', (test) => {
  test('what root switched off stays off, whenever that was', () => {
    const file = {
      ...{ GeolocEnable: 0, RemoteManagementEnable: 0, SDConfigEnable: 0, USBConfigEnable: 0 },
      ...{ location: { considerIp: false }, account: { trust: 'pinned', key: 'K' }, patch: { busy: { tag: 'Run' } } },
      proxy: { url: 'http://p', user: 'u', passwordFile: '/etc/p' },
    };
    const settings = {
      ...{ GeolocEnable: 1, RemoteManagementEnable: 1, SDConfigEnable: 1, USBConfigEnable: 1 },
      ...{ 'location.considerIp': true, 'account.trust': 'card', 'account.key': 'X', 'account.url': 'https://x' },
      ...{ 'patch.busy.tag': 'Other', 'proxy.url': 'http://evil', 'board.switchDir': '/tmp', stateDir: '/tmp' },
    };
    const { config, locked } = laid(file, settings);
    assert.deepEqual(config, file);
    assert.deepEqual(locked.map(({ path }) => path).sort(), Object.keys(settings).sort());
  });

  test('whatever is set, what only root sets is as root has it, and a no of root stays', () => {
    const no = fc.constantFrom(0, 1, undefined);
    const file = fc.record({
      stateDir: fc.constant('/var/lib/x'),
      GeolocEnable: no,
      RemoteManagementEnable: no,
      account: fc.record({ trust: fc.constantFrom('card', 'pinned'), key: fc.constant('K') }),
      proxy: fc.record({ url: fc.constant('http://p'), passwordFile: fc.constantFrom('/etc/p', undefined) }),
      location: fc.record({ considerIp: fc.constantFrom(true, false, undefined) }),
      board: fc.constant({ switchDir: '/etc/ewon-agent' }),
    });
    const path = fc.oneof(
      fc.constantFrom(
        ...SETTING_KEYS.map((key) => key.path),
        'stateDir',
        'board.switchDir',
        'proxy.passwordFile',
        'account.caFile',
      ),
      fc.string(),
    );
    const value = fc.oneof(
      fc.constantFrom<(string | number | boolean)[]>(0, 1, true, false, 'card', 'http://evil'),
      fc.string(),
    );
    fc.assert(
      fc.property(file, fc.dictionary(path, value), (said, settings) => {
        const { config } = laid(JSON.parse(JSON.stringify(said)), settings);
        const at = (name: string) => valueAt(config, name.split('.'));
        assert.deepEqual([at('stateDir'), at('board.switchDir')], ['/var/lib/x', '/etc/ewon-agent']);
        assert.equal(at('proxy.passwordFile'), said.proxy.passwordFile);
        assert.equal(at('account.caFile'), undefined);
        if (said.proxy.passwordFile) assert.equal(at('proxy.url'), 'http://p');
        if (said.GeolocEnable === 0) assert.equal(at('GeolocEnable'), 0);
        if (said.RemoteManagementEnable === 0) assert.equal(at('RemoteManagementEnable'), 0);
        if (said.account.trust === 'pinned') assert.deepEqual(at('account'), { ...said.account });
        if (said.location.considerIp === false) assert.equal(at('location.considerIp'), false);
      }),
    );
  });

  test('to switch off more than root has is no lifting', () => {
    assert.equal(lockOf({}, 'GeolocEnable', 0), undefined);
    assert.equal(lockOf({ GeolocEnable: 1 }, 'GeolocEnable', 0), undefined);
    assert.equal(lockOf({ account: {} }, 'account.trust', 'pinned'), undefined);
  });

  test('a setting stands beside what the file says', () => {
    const { config } = laid(
      { wan: { links: { eth0: 'auto' } } },
      { 'wan.links.eth1.7': 'wifi', 'wan.holdDownMs': 500 },
    );
    assert.deepEqual(config, { wan: { links: { eth0: 'auto', 'eth1.7': 'wifi' }, holdDownMs: 500 } });
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  test('a tree is taken apart into settings and the rest', () => {
    const tree = {
      stateDir: 's',
      log: { level: 'debug' },
      wan: { links: { eth0: 'auto' }, modem: { port: '/dev/x' } },
    };
    assert.deepEqual(settingsIn(tree, SETTING_KEYS), {
      settings: { 'wan.links.eth0': 'auto', 'log.level': 'debug' },
      rest: { stateDir: 's', wan: { modem: { port: '/dev/x' } } },
    });
    assert.equal(valueAt(tree, ['wan', 'toString']), undefined);
  });
});
