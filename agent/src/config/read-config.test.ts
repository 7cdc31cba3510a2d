import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { readConfig } from './read-config.ts';

const DESCRIBED = { serial: '1524-0071-21', model: 'Flexy 202', version: '14.6s0' };
const ASKED = { url: 'http://10.0.0.53', user: 'adm', passwordFile: 'password' };
const LEAST = { stateDir: '/var/lib/x', slots: { sd0: { image: '/run/x/sd0.img' } }, firmware: DESCRIBED };
const KEY = 'A'.repeat(43);

const inFolder = (body: (dir: string, read: (config: unknown) => ReturnType<typeof readConfig>) => void) => () => {
  const dir = mkdtempSync(join(tmpdir(), 'config-'));
  try {
    body(dir, (config) => {
      writeFileSync(join(dir, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
      return readConfig(join(dir, 'config.json'));
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
};

suite('configuration', (test) => {
  test(
    'the least that is needed is read, and the rest is its default',
    inFolder((dir, read) => {
      assert.deepEqual(assertOk(read(LEAST)), {
        ...LEAST,
        SDConfigEnable: 1,
        USBConfigEnable: 1,
        GeolocEnable: 1,
        RemoteManagementEnable: 1,
        patch: { everyMs: 14_400_000, metered: 'auto' },
        board: {
          switchDir: '/etc/ewon-agent',
          orderDir: '/run/ewon-agent',
          bootIdFile: '/proc/sys/kernel/random/boot_id',
        },
        log: { level: 'info' },
        origin: join(dir, 'config.json'),
      });
      const config = assertOk(read({ ...LEAST, led: {}, log: {}, account: {} }));
      assert.deepEqual(config.led, { dir: '/sys/class/leds', green: 'usr:green', red: 'usr:red' });
      assert.deepEqual(config.log, { level: 'info' });
      assert.deepEqual(config.account, { trust: 'card' });
    }),
  );

  test(
    'relative paths are relative to the file, also through a link to its directory',
    inFolder((dir, read) => {
      const config = assertOk(
        read({
          stateDir: 'state',
          slots: {
            sd0: { image: 'slots/sd0.img' },
            usb1: { image: '../usb1.img' },
            usb2: { path: 'pci-0000:00:04.0-usb-0:1' },
            usb3: { directory: 'media/usb3' },
          },
          firmware: ASKED,
          patch: {
            ...{ root: 'root.json', rateBytesPerSecond: 2048, directory: 'stick/aspu' },
            busy: { file: 'busy', input: '/sys/class/gpio/gpio5/value', tag: 'Running' },
          },
          account: { url: 'https://account.test/device/v1/directory', caFile: './ca.pem' },
          proxy: { url: 'http://proxy.test:3128', user: 'gateway', passwordFile: 'proxy-password' },
          led: { dir: 'leds' },
        }),
      );
      assert.equal(config.stateDir, join(dir, 'state'));
      assert.deepEqual(config.slots, {
        sd0: { image: join(dir, 'slots/sd0.img') },
        usb1: { image: join(dir, '../usb1.img') },
        usb2: { path: 'pci-0000:00:04.0-usb-0:1' },
        usb3: { directory: join(dir, 'media/usb3') },
      });
      assert.equal(config.account?.caFile, join(dir, 'ca.pem'));
      assert.equal(config.proxy?.passwordFile, join(dir, 'proxy-password'));
      assert.equal(config.led?.dir, join(dir, 'leds'));
      assert.deepEqual(config.patch, {
        ...{ everyMs: 14_400_000, metered: 'auto', rateBytesPerSecond: 2048 },
        ...{ root: join(dir, 'root.json'), directory: join(dir, 'stick/aspu') },
        busy: { file: join(dir, 'busy'), input: '/sys/class/gpio/gpio5/value', tag: 'Running' },
      });
      assert.deepEqual(config.firmware, { ...ASKED, ftpPort: 21, passwordFile: join(dir, 'password') });
      symlinkSync(dir, join(dir, 'here'));
      assert.equal(assertOk(readConfig(join(dir, 'here', 'config.json'))).stateDir, join(dir, 'here', 'state'));
    }),
  );

  test(
    'all faults are told at once, each with its place',
    inFolder((dir, read) => {
      const fault = assertFault(
        read({
          slots: { SD0: { image: 'x' }, sd1: {} },
          firmware: { ...DESCRIBED, serial: '1524' },
          account: { url: 'http://a.test', trust: 'pinned' },
          log: { level: 'loud' },
          lod: {},
        }),
        'CONFIG_INVALID',
      );
      assert.deepEqual(fault.detail.split('; '), [
        join(dir, 'config.json'),
        "/: must have required property 'stateDir'",
        '/: must NOT have additional properties ("lod")',
        '/slots: must match pattern "^[a-z][a-z0-9]{0,15}$"',
        '/slots: property name must be valid ("SD0")',
        '/slots/sd1: must NOT have fewer than 1 properties',
        "/account: must have required property 'key'",
        '/account: must have property caFile when property url is present',
        '/account/url: must match pattern "^https://[^\\s/?#@]+(/|$)"',
        'and 2 more',
      ]);
    }),
  );

  const broken: Record<string, readonly [unknown, RegExp]> = {
    '"pinned" without a key': [
      { ...LEAST, account: { trust: 'pinned' } },
      /\/account: must have required property 'key'/,
    ],
    'a url without a CA': [{ ...LEAST, account: { url: 'https://a.test' } }, /\/account: must have property caFile/],
    'a key of another length': [{ ...LEAST, account: { trust: 'pinned', key: 'AAAA' } }, /\/account\/key: must match/],
    'a url without a host': [{ ...LEAST, account: { url: 'https://', caFile: 'x' } }, /\/account\/url: must match/],
    'a url with a password': [
      { ...LEAST, account: { url: 'https://u:p@a.test', caFile: 'x' } },
      /\/account\/url: must match/,
    ],
    'a proxy with a password in its address': [
      { ...LEAST, proxy: { url: 'http://u:p@proxy.test:3128' } },
      /\/proxy\/url: must match/,
    ],
    'a proxy of another kind': [{ ...LEAST, proxy: { url: 'socks5://proxy.test' } }, /\/proxy\/url: must match/],
    'a proxy with a user and no password': [
      { ...LEAST, proxy: { url: 'http://proxy.test:3128', user: 'gateway' } },
      /\/proxy: must have property passwordFile/,
    ],
    'no slot': [{ ...LEAST, slots: {} }, /\/slots: must NOT have fewer than 1 properties/],
    'a slot of two kinds': [
      { ...LEAST, slots: { sd0: { image: 'x', path: 'pci-0000:00:1e.0' } } },
      /\/slots\/sd0: must NOT have more than 1 properties/,
    ],
    'a path that could mean more in a rule of udev': [
      { ...LEAST, slots: { sd0: { path: 'pci-0000:00:1e.0", RUN+="/bin/sh' } } },
      /\/slots\/sd0\/path: must match/,
    ],
    'a switch that is neither 0 nor 1': [
      { ...LEAST, SDConfigEnable: true },
      /\/SDConfigEnable: must be equal to one of the allowed values/,
    ],
    'a slot with the name of the console': [
      { ...LEAST, slots: { console: { image: 'x' } } },
      /\/slots: property name must be valid \("console"\)/,
    ],
    'a slot named __proto__': [JSON.stringify(LEAST).replace('sd0', '__proto__'), /\/slots: .*__proto__/],
    'a serial that is none': [
      { ...LEAST, firmware: { ...DESCRIBED, serial: '1524-0071' } },
      /; \/firmware\/serial: must match/,
    ],
    'an Ewon that is asked without a user': [
      { ...LEAST, firmware: { ...ASKED, user: undefined } },
      /; \/firmware: must have required property 'user'$/,
    ],
    'an Ewon both asked and described': [
      { ...LEAST, firmware: { ...ASKED, ...DESCRIBED } },
      /\/firmware: must NOT have additional properties \("url"\)/,
    ],
    'an Ewon neither asked nor described': [
      { ...LEAST, firmware: {} },
      /\/firmware: must have required property 'url'/,
    ],
    'firmware that is no object': [{ ...LEAST, firmware: 'serial' }, /\/firmware: must be object/],
    'text for a number of nothing': [{ ...LEAST, log: 'debug' }, /\/log: must be object/],
    'constructor instead of a state directory': ['{"constructor":1}', /must have required property 'stateDir'/],
    'an empty file': ['', /not JSON \(0 bytes\)/],
    'a comment': [`// mine\n${JSON.stringify(LEAST)}`, /not JSON/],
    'a console at a speed that has no name': [
      { ...LEAST, console: { port: '/dev/ttyS1', baud: 1 } },
      /\/console\/baud: /,
    ],
    'a receiver that is nowhere': [{ ...LEAST, location: { gnss: {} } }, /\/location\/gnss: must NOT have fewer/],
    'a gpsd without a port': [{ ...LEAST, location: { gnss: { gpsd: 'here' } } }, /\/location\/gnss\/gpsd: must match/],
    'a gpsd at port 65536': [
      { ...LEAST, location: { gnss: { gpsd: 'here:65536' } } },
      /\/location\/gnss\/gpsd: must match/,
    ],
    'an interface that is an option': [
      { ...LEAST, location: { wifi: { interface: '--help' } } },
      /\/location\/wifi\/interface: must match/,
    ],
    'a list': ['[]', /\/: must be object/],
    null: ['null', /\/: must be object/],
  };
  for (const [name, [config, told]] of Object.entries(broken)) {
    test(
      `${name} is refused`,
      inFolder((_, read) => {
        assert.match(assertFault(read(config), 'CONFIG_INVALID').detail, told);
      }),
    );
  }

  test(
    'a good "pinned" account is read',
    inFolder((_, read) => {
      assert.deepEqual(assertOk(read({ ...LEAST, account: { trust: 'pinned', key: KEY } })).account, {
        trust: 'pinned',
        key: KEY,
      });
    }),
  );

  test(
    'a location with every source is read, and what is not told of it is its default',
    inFolder((_, read) => {
      const serial = { port: '/dev/ttyUSB1' };
      const location = { wifi: { interface: 'wlan0' }, gnss: { serial, gpsd: '[::1]:65535' } };
      assert.deepEqual(assertOk(read({ ...LEAST, location })).location, {
        ...{ considerIp: true, spacingMs: 300_000, moveMetres: 100, hdopMax: 10 },
        wifi: { interface: 'wlan0', everyMs: 300_000 },
        gnss: { serial: { ...serial, baud: 9600 }, gpsd: '[::1]:65535' },
      });
    }),
  );

  test(
    'a console needs only its port',
    inFolder((_, read) => {
      const port = '/dev/ttyS1';
      const line = { port, baud: 115_200, flow: 'xonxoff', hangup: 'none' };
      const whole = { ...line, banner: '', idleMs: 600_000, presenceMs: 600_000 };
      assert.deepEqual(assertOk(read({ ...LEAST, console: { port } })).console, whole);
    }),
  );

  test(
    'a file that is not there, is a directory or too large is refused by its name',
    inFolder((dir, read) => {
      mkdirSync(join(dir, 'folder'));
      for (const path of [join(dir, 'nothing'), join(dir, 'folder')]) {
        assert.equal(assertFault(readConfig(path), 'CONFIG_INVALID').detail, `${path} cannot be read`);
      }
      assert.match(assertFault(read(' '.repeat(64 * 1024 + 1)), 'CONFIG_INVALID').detail, /larger than 65536 bytes/);
      assertOk(read(JSON.stringify(LEAST).padEnd(64 * 1024)));
    }),
  );
});
