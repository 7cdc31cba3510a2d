import { assert, suite } from '@ewon-agent/contracts/testing';
import { type EwonStateOptions, ewonFromFactory } from './ewon-state.ts';
import { readFile } from './files.ts';
import { firmwareImage } from './firmware-image.ts';
import { latin1Bytes, latin1Text } from './latin1.ts';
import { putFile } from './put-file.ts';
import { filesInTar, tarOf } from './tar.ts';

const device = { serial: '1524-0071-21', model: 'Flexy 203', firmware: '14.6s0' };
const made = (options: Partial<EwonStateOptions> = {}) => ewonFromFactory({ atMs: 0, device, ...options });
const put = (state: ReturnType<typeof made>, path: string, text: string) => putFile(state, path, latin1Bytes(text), 0);
const textOf = (state: ReturnType<typeof made>, path: string) =>
  latin1Text(readFile(state, path, 0) ?? new Uint8Array());

suite('files that are put on the simulated Ewon', (test) => {
  test('comcfg.txt with keys in other letters changes the keys that the Ewon has', () => {
    const { state } = put(made(), '/comcfg.txt', 'WANCNX:1\ngeolocenable:0');
    assert.deepEqual([state.comcfg.get('WANCnx'), state.comcfg.get('GeolocEnable')], ['1', '0']);
    assert.equal(state.comcfg.has('WANCNX'), false);
  });

  test('a password is read back encrypted, and what is read back may be written', () => {
    const { state } = put(made(), '/comcfg.txt', 'PPPClPassword1:hunter2');
    const shown = /^PPPClPassword1:(.*)\r$/m.exec(textOf(state, '/comcfg.txt'))?.[1] ?? '';
    assert.match(shown, /^#_5_[A-Za-z0-9+/]+=*$/);
    assert.equal(shown.includes('hunter2'), false);
    const again = put(made(), '/comcfg.txt', `PPPClPassword1:${shown}`).state;
    assert.equal(again.comcfg.get('PPPClPassword1'), 'hunter2');
  });

  test('from 14.9s3 on, a password that another Ewon encrypted is left out with an event', () => {
    const firmware = '14.9s3';
    const one = put(made({ device: { ...device, firmware } }), '/comcfg.txt', 'PIN:1234').state;
    const shown = /^PIN:.*$/m.exec(textOf(one, '/comcfg.txt'))?.[0] ?? '';
    assert.match(shown, /^PIN:#_6_/);
    assert.equal(put(one, '/comcfg.txt', shown).state.comcfg.get('PIN'), '1234');
    const other = put(made({ device: { ...device, firmware, serial: '1524-0072-21' } }), '/comcfg.txt', shown).state;
    assert.equal(other.comcfg.get('PIN'), '');
    assert.match(textOf(other, '/events.txt'), /"comcfg-PIN not set"/);
  });

  test('an empty password is the one that is published', () => {
    assert.match(textOf(made({ device: { ...device, firmware: '13.1s0' } }), '/comcfg.txt'), /^WifiPSK:#_1_\/\/8=\r$/m);
  });

  test('config.txt changes settings, makes tags and changes users, and is read back as written', () => {
    const text = [
      ':\r\n:System\r\nIdentification:Pump 7\r\n:\r\n:TagList\r\n"Id";"Name";"Type"\r\n1;"Level";1\r\n2;"Batch";6\r\n',
      ':\r\n:UserList\r\n"Id";"Login";"Password"\r\n1;"adm";"new\\"one"\r\n2;"op";"op"\r\n',
    ];
    const { state } = put(made(), '/config.txt', text.join(''));
    assert.equal(state.system.get('Identification'), 'Pump 7');
    assert.deepEqual(
      [...state.tags].map(([name, { value }]) => [name, value]),
      [
        ['Level', 0],
        ['Batch', ''],
      ],
    );
    assert.deepEqual(state.users, [
      { login: 'adm', password: 'new"one' },
      { login: 'op', password: 'op' },
    ]);
    assert.equal(
      textOf(put(made(), '/config.txt', textOf(state, '/config.txt')).state, '/config.txt'),
      textOf(state, '/config.txt'),
    );
  });

  test('a value that a key of config.txt does not take is left out with an event, one of a later firmware is kept', () => {
    const { state } = put(made(), '/config.txt', ':System\r\nntpenable:yes\r\nNtpInterval:60\r\nLaterKey:7\r\n');
    assert.deepEqual(
      ['NtpEnable', 'NtpInterval', 'LaterKey', 'ntpenable'].map((key) => state.system.get(key)),
      ['0', '60', '7', undefined],
    );
    assert.match(textOf(state, '/events.txt'), /"config-NtpEnable not set"/);
  });

  test('a backup brings back what was there when it was made', () => {
    const used = put(put(made(), '/comcfg.txt', 'PdpApn:internet').state, '/program.bas', 'REM hello').state;
    const { state } = putFile(made(), '/backup.tar', readFile(used, '/backup.tar', 0) ?? new Uint8Array(), 0);
    assert.deepEqual([state.comcfg.get('PdpApn'), state.program], ['internet', 'REM hello']);
  });

  test('a partial backup erases first', () => {
    const used = put(made({ comcfg: { PdpApn: 'internet' } }), '/program.bas', 'REM hello').state;
    const partial = tarOf(new Map([['comcfg.txt', latin1Bytes('WANCnx:1\r\n')]]), 0);
    const { state } = putFile(used, '/backup.tar', partial, 0);
    assert.deepEqual([state.comcfg.get('WANCnx'), state.comcfg.get('PdpApn'), state.program], ['1', '', '']);
  });

  test('a backup that was cut short is refused and changes no setting', () => {
    const tar = tarOf(new Map([['comcfg.txt', latin1Bytes('WANCnx:1\r\n')]]), 0);
    for (const length of [0, 100, 512, 700, 1030]) {
      const { state, refused } = putFile(made(), '/backup.tar', tar.subarray(0, length), 0);
      assert.equal(refused, 'backup.tar is corrupt', `${length} bytes`);
      assert.equal(state.comcfg.get('WANCnx'), '2');
    }
    assert.equal(filesInTar(tar)?.size, 1);
  });

  test('firmware that it takes is pending until the boot; what it declines leaves an event only', () => {
    const taken = putFile(made(), '/ewonfwr.edf', firmwareImage({ version: '14.9s3', product: '21' }), 0);
    assert.deepEqual(
      [taken.state.pendingFirmware?.version, taken.state.reboot?.reason],
      ['14.9s3', 'Firmware upgrade'],
    );
    const declined = putFile(made(), '/ewonfwr.edf', firmwareImage({ version: '14.9s3', product: '24' }), 0);
    assert.deepEqual([declined.state.reboot, declined.refused], [undefined, undefined]);
    assert.match(
      textOf(declined.state, '/events.txt'),
      /"fwr-Firmware declined: wrong product code \(P24, expected P21\)"/,
    );
  });

  test('other names are refused', () => {
    for (const path of ['/estat.htm', '/events.txt', '/x', '/ewonfwr.bin']) {
      assert.equal(put(made(), path, 'x').refused, 'Permission denied', path);
    }
  });
});
