import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { AT_SILENCE, readAt } from './at.ts';

const read = (line: string) => readAt(AT_SILENCE, line)[1];
/** Everything a transcript says, in order. */
function heard(name: string): readonly object[] {
  let context = AT_SILENCE;
  const text = readFileSync(join(import.meta.dirname, '../../fixtures', name), 'latin1');
  return text
    .split(/[\r\n]+/)
    .filter((line) => line !== '')
    .map((line) => {
      const [next, answer] = readAt(context, line);
      context = next;
      return answer;
    });
}
const ofKind = (name: string, kind: string) => heard(name).filter((answer) => 'kind' in answer && answer.kind === kind);

suite('answers of modems, family by family', (test) => {
  const LTE = { technology: 'LTE', plmn: '26201', area: 0x1a2b, cellId: 0x1a2d001 } as const;
  const CELLS: Readonly<Record<string, readonly object[]>> = {
    'at-quectel.txt': [
      { kind: 'cell', family: 'quectel', ...LTE, rssiDbm: -65, rsrpDbm: -95, rsrqDb: -12 },
      { kind: 'cell', family: 'quectel', technology: 'GSM', plmn: '26201', area: 0x1a2b, cellId: 0xc3d4, rssiDbm: -71 },
      {
        kind: 'cell',
        family: 'quectel',
        technology: 'WCDMA',
        plmn: '26201',
        area: 0x1a2b,
        cellId: 0x1a2d00,
        rssiDbm: -88,
      },
      {
        kind: 'cell',
        family: 'quectel',
        technology: 'NR',
        plmn: '26201',
        area: 0x1a2b,
        cellId: 0x1a2d00111,
        rsrpDbm: -91,
        rsrqDb: -11,
      },
    ],
    'at-simcom.txt': [
      { kind: 'cell', family: 'simcom', ...LTE, rssiDbm: -65, rsrpDbm: -95, rsrqDb: -12 },
      { kind: 'cell', family: 'simcom', technology: 'GSM', plmn: '26201', area: 0x1a2b, cellId: 50132, rssiDbm: -71 },
    ],
    'at-u-blox.txt': [{ kind: 'cell', family: 'u-blox', ...LTE, rsrpDbm: -95, rsrqDb: -12 }],
    'at-telit.txt': [
      { kind: 'cell', family: 'telit', ...LTE, rssiDbm: -65, rsrpDbm: -95, rsrqDb: -12 },
      { kind: 'cell', family: 'telit', technology: 'GSM', plmn: '26201', area: 0x1a2b, cellId: 0xc3d4, rssiDbm: -71 },
    ],
    'at-cinterion.txt': [
      { kind: 'cell', family: 'cinterion', ...LTE, rsrpDbm: -95, rsrqDb: -12 },
      {
        kind: 'cell',
        family: 'cinterion',
        technology: 'WCDMA',
        plmn: '26201',
        area: 0x1a2b,
        cellId: 0x1a2d00,
        rssiDbm: -79,
      },
      {
        kind: 'cell',
        family: 'cinterion',
        technology: 'GSM',
        plmn: '26201',
        area: 0x1a2b,
        cellId: 0xc3d4,
        rssiDbm: -71,
      },
    ],
    'at-sierra.txt': [
      { kind: 'cell', family: 'sierra', technology: 'LTE' },
      { kind: 'cell', family: 'sierra', area: 0x1a2b, rsrpDbm: -95 },
      { kind: 'cell', family: 'sierra', cellId: 0x1a2d001, rsrqDb: -12 },
    ],
  };
  for (const [name, cells] of Object.entries(CELLS)) {
    test(`${name}: the serving cell`, () => assert.deepEqual(ofKind(name, 'cell'), cells));

    test(`${name}: every line is understood or named, and lines said unasked disturb nothing`, () => {
      const all = heard(name);
      assert.deepEqual(
        all.filter((answer) => 'reason' in answer),
        [],
      );
      assert.deepEqual(all[0], { kind: 'echo', command: 'AT' });
      assert.ok(ofKind(name, 'result').some((answer) => 'result' in answer && answer.result === 'OK'));
    });

    test(`${name}: no number of the modem or of the SIM is whole`, () => {
      const said = JSON.stringify(heard(name));
      assert.ok(!/\d{11,}/.test(said), said);
      assert.deepEqual(ofKind(name, 'imei'), [{ kind: 'imei', shown: '356938*********' }]);
    });
  }
});

suite('answers of modems, one by one', (test) => {
  const ANSWERS: readonly (readonly [line: string, answer: object])[] = [
    ['AT+CPIN="1234"', { kind: 'echo', command: 'AT+CPIN' }],
    ['atd0123456789;', { kind: 'echo', command: 'ATD' }],
    ['OK', { kind: 'result', result: 'OK' }],
    ['CONNECT 115200', { kind: 'result', result: 'CONNECT 115200' }],
    ['NO CARRIER', { kind: 'result', result: 'NO CARRIER' }],
    ['+CME ERROR: 10', { kind: 'error', of: 'CME', number: 10 }],
    ['+CME ERROR: SIM not inserted', { kind: 'error', of: 'CME', text: 'SIM not inserted' }],
    ['+CMS ERROR: 500', { kind: 'error', of: 'CMS', number: 500 }],
    ['+CSQ: 0,0', { kind: 'signal', rssiDbm: -113 }],
    ['+CSQ: 31,99', { kind: 'signal', rssiDbm: -51 }],
    ['+CSQ: 99,99', { kind: 'signal' }],
    ['+CSQ: 191,99', { kind: 'signal', rssiDbm: -25 }],
    ['+CESQ: 99,99,255,255,16,46', { kind: 'signal', rsrqDb: -12, rsrpDbm: -95 }],
    ['+CESQ: 40,0,255,255,255,255', { kind: 'signal', rssiDbm: -71 }],
    ['+CREG: 0,1', { kind: 'registration', of: 'CREG', state: 'home' }],
    ['+CREG: 5', { kind: 'registration', of: 'CREG', state: 'roaming' }],
    [
      '+CEREG: 2,5,"1A2B","01A2D001",7',
      { kind: 'registration', of: 'CEREG', state: 'roaming', area: 0x1a2b, cellId: 0x1a2d001, technology: 'LTE' },
    ],
    [
      '+CGREG: 1,"1A2B","0000C3D4",0',
      { kind: 'registration', of: 'CGREG', state: 'home', area: 0x1a2b, cellId: 0xc3d4, technology: 'GSM' },
    ],
    ['+CREG: 2,2,"FFFF","FFFFFFFF"', { kind: 'registration', of: 'CREG', state: 'searching' }],
    [
      '+C5GREG: 2,1,"1A2B","01A2D00111",11',
      { kind: 'registration', of: 'C5GREG', state: 'home', area: 0x1a2b, cellId: 0x1a2d00111, technology: 'NR' },
    ],
    [
      '+COPS: 0,0,"Telekom.de, \xfcberall",7',
      { kind: 'operator', mode: 0, name: 'Telekom.de, \xfcberall', technology: 'LTE' },
    ],
    ['+COPS: 0,2,"26201",2', { kind: 'operator', mode: 0, plmn: '26201', technology: 'WCDMA' }],
    ['+COPS: 2', { kind: 'operator', mode: 2 }],
    ['+COPS: (2,"Telekom","TDG","26201",7),,(0,1)', { kind: 'other', name: '+COPS' }],
    ['+CPIN: SIM PIN', { kind: 'sim', state: 'SIM PIN' }],
    ['+CGPADDR: 1,"10.64.12.7"', { kind: 'address', context: 1, ip: '10.64.12.7' }],
    ['+CGPADDR: 1,0.0.0.0', { kind: 'address', context: 1 }],
    [
      '+QNWINFO: "FDD LTE","26201","LTE BAND 3",1300',
      { kind: 'network', technology: 'FDD LTE', plmn: '26201', band: 'LTE BAND 3', channel: 1300 },
    ],
    ['+QNWINFO: No Service', { kind: 'noCell' }],
    ['+QENG: "servingcell","SEARCH"', { kind: 'noCell' }],
    ['+QENG: "neighbourcell intra","LTE",1300,22', { kind: 'other', name: '+QENG' }],
    ['+CPSI: NO SERVICE,Online', { kind: 'noCell' }],
    ['^SMONI: 4G,SEARCH,SEARCH', { kind: 'noCell' }],
    ['+QIND: SMS DONE', { kind: 'other', name: '+QIND' }],
    ['^SYSSTART', { kind: 'other', name: '^SYSSTART' }],
    ['356938035643809', { kind: 'number', shown: '356938*********' }],
    ['Quectel EC25, IMEI 356938035643809', { kind: 'text', text: 'Quectel EC25, IMEI 356938*********' }],
  ];
  for (const [line, answer] of ANSWERS) test(line, () => assert.deepEqual(read(line), answer));

  for (const line of [
    '+CSQ: x',
    '+CSQ: 200,0',
    '+CSQ:',
    '+CESQ: 1,2',
    '+CREG: ',
    '+CREG: 0,12',
    '+COPS: 9',
    '+CPIN: ',
    '+CGPADDR: x',
    '+CME ERROR: ',
    '+CCID: 12',
    '+CPSI: what',
    '+QENG: "servingcell","NOCONN","what",1',
    '#RFSTS: "26201",1,2',
    '^SMONI: 5G',
  ])
    test(`${line} is refused by its fields`, () => {
      const refused = read(line);
      assert.ok('reason' in refused && refused.code === 'AT_FIELD_BAD', JSON.stringify(refused));
    });

  for (const line of ['\0\0', '\x7f', 'a\x01b', '\xff\xfe', '   '])
    test(`${JSON.stringify(line)} is no answer`, () => {
      const refused = read(line);
      assert.ok('reason' in refused && refused.code === 'AT_LINE_BAD', JSON.stringify(refused));
    });
});
