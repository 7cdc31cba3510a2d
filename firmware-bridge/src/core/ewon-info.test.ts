import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { identityFrom, parseEstat } from './estat.ts';
import { infoFrom } from './ewon-info.ts';

const SERIAL = 'SerNum:1524-0071-21\n';
const infoOf = (text: string) => {
  const estat = parseEstat(text);
  return infoFrom(assertOk(identityFrom(estat)), estat);
};

suite('what a person wants to know first of an Ewon', (test) => {
  test('one with a modem that is online', () =>
    assert.deepEqual(infoOf(readFileSync(join(import.meta.dirname, '../../fixtures/estat-flexy.txt'), 'latin1')), {
      ...{ serial: '1523-0156-21', model: 'Flexy 203', firmware: '14.6s0', partNumber: 'FLEXY20300_00' },
      ...{ wanIp: '10.64.12.7', vpn: 'up', vpnIp: '10.3.0.17' },
      modem: { operator: 'Proximus', plmn: '20601', registered: 'yes', signal: '21' },
    }));

  test('what its status does not say is missing, and 0.0.0.0 is no address', () =>
    assert.deepEqual(infoOf(`${SERIAL}WanIp:0.0.0.0\nVpnIp:0.0.0.0\nSumVPNStatus:0\n`), {
      ...{ serial: '1524-0071-21', model: '', firmware: '', vpn: 'down' },
    }));

  test('an address of the modem line counts where the WAN has none; roaming is registered, searching is not', () => {
    assert.equal(infoOf(`${SERIAL}WanIp:0.0.0.0\nPppIp:10.64.0.1\n`).wanIp, '10.64.0.1');
    for (const [state, registered] of [
      ['5', 'yes'],
      ['2', 'no'],
    ] as const)
      assert.equal(infoOf(`${SERIAL}HasGsm:1\nGsmNetReg:${state}\n`).modem?.registered, registered);
  });

  test('an Ewon without a modem has none, whatever else stands there', () =>
    assert.equal(infoOf(`${SERIAL}HasGsm:0\nGsmSignal:0\n`).modem, undefined));
});
