import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { parseComcfg } from './comcfg.ts';
import { parseConfig } from './config-txt.ts';
import { comcfgLost, configLost } from './settings-lost.ts';

const comcfg = (text: string) => assertOk(parseComcfg(Buffer.from(text, 'latin1')));
const config = (text: string) => assertOk(parseConfig(Buffer.from(text, 'latin1')));

suite('settings that an Ewon has lost', (test) => {
  const of = (before: string, now: string) => comcfgLost(comcfg(before), comcfg(now)).keys;
  const table: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['nothing changed', 'WANCnx:1\r\n', 'WANCnx:1\r\n', []],
    ['another value', 'WANCnx:1\r\nNatItf:3\r\n', 'WANCnx:2\r\nNatItf:3\r\n', ['WANCnx']],
    ['a key that is gone', 'WANCnx:1\r\nNatItf:3\r\n', 'NatItf:3\r\n', ['WANCnx']],
    ['a key that is new', 'WANCnx:1\r\n', 'WANCnx:1\r\nNew:1\r\n', []],
    ['other letters of a key', 'T2MAccSrvAddr:a\r\n', 'T2mAccSrvAddr:a\r\n', []],
    ['a password in another form', 'PIN:#_5_AAECAwQ=\r\n', 'PIN:#_6_zzECAwQ=\r\n', []],
    ['a password that is empty now', 'PIN:#_5_AAECAwQ=\r\n', 'PIN:#_6_//8=\r\n', ['PIN']],
    ['a password that was empty', 'PIN:#_1_//8=\r\n', 'PIN:\r\n', []],
    ['what the Ewon sets itself', 'BootOp:1\r\nT2MKey:x\r\n', 'BootOp:0\r\n', []],
    ['a key that stands twice', 'WANCnx:1\r\nWANCnx:2\r\n', 'WANCnx:2\r\n', []],
  ];
  for (const [what, before, now, lost] of table) test(what, () => assert.deepEqual(of(before, now), lost));

  test('its lines bring it back byte for byte, and nothing else', () => {
    const before = comcfg('EthIP:10.0.0.9\r\nWANCnx:1\r\nPdpApn: s\xfcd\r\nPIN:#_5_AAECAwQ=');
    const { bytes } = comcfgLost(before, comcfg('EthIP:10.0.0.9\r\nWANCnx:2\r\nPdpApn:\r\nPIN:\r\n'));
    assert.equal(Buffer.from(bytes).toString('latin1'), 'WANCnx:1\r\nPdpApn: s\xfcd\r\nPIN:#_5_AAECAwQ=\r\n');
  });
});

suite('keys that newer firmware has no use for', (test) => {
  test('are lost at first, and dropped when they do not come back; a value that changed stays lost', () => {
    const [before, now] = [comcfg('WANCnx:1\r\nOld:3\r\n'), comcfg('WANCnx:2\r\n')];
    assert.deepEqual(comcfgLost(before, now, 'lost').keys, ['WANCnx', 'Old']);
    assert.deepEqual(comcfgLost(before, now, 'dropped').keys, ['WANCnx']);
    const system = (text: string) => config(`:System\r\n${text}`);
    assert.deepEqual(configLost(system('Old:1\r\nNtpEnable:1\r\n'), system('NtpEnable:0\r\n'), 'dropped'), [
      'System.NtpEnable',
    ]);
  });
});

suite('configuration that an Ewon has lost', (test) => {
  const SYSTEM = ':System\r\nIdentification:Pump 7\r\nNtpEnable:1\r\n';
  const USERS = ':UserList\r\n"Id";"Login";"Password"\r\n1;"adm";"#_5_AAECAwQ="\r\n2;"op";"#_5_AAECAwQ="\r\n';
  const TAGS = ':TagList\r\n"Id";"Name"\r\n1;"Level"\r\n2;"Batch"\r\n';
  const ALL = SYSTEM + USERS + TAGS;
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    ['nothing changed', ALL, []],
    ['settings of newer firmware', ALL.replace('NtpEnable:1', 'New:2\r\nNtpEnable:1'), []],
    ['another value', ALL.replace('Pump 7', 'eWON'), ['System.Identification']],
    ['a section that is gone', SYSTEM + TAGS, ['UserList']],
    ['a row that is gone', ALL.replace('2;"op";"#_5_AAECAwQ="\r\n', ''), ['UserList']],
    ['a row in another place', `${SYSTEM}${USERS}:TagList\r\n"Id";"Name"\r\n2;"Batch"\r\n1;"Level"\r\n`, []],
    [
      'a column of newer firmware',
      ALL.replace('"Id";"Name"\r\n1;"Level"\r\n2;"Batch"', '"Id";"New";"Name"\r\n1;5;"Level"\r\n2;5;"Batch"'),
      [],
    ],
    ['passwords in another form', ALL.replaceAll('#_5', '#_6'), []],
    ['nothing is there', '', ['System.Identification', 'System.NtpEnable', 'UserList', 'TagList']],
  ];
  for (const [what, now, lost] of table) test(what, () => assert.deepEqual(configLost(config(ALL), config(now)), lost));
});
