import { assert, suite } from '@ewon-agent/contracts/testing';
import { estatText } from './estat-text.ts';

const status = { serial: '1524-0071-21', model: 'Flexy 203', firmware: '14.6s0', wan: 'up' } as const;

suite('status of the simulated Ewon', (test) => {
  test('every line is Key:Value and ends in CRLF', () => {
    assert.match(estatText(status), /^([A-Za-z]+:[^\r\n]*\r\n)+$/);
  });

  test('identity and version stand under the names that an Ewon gives them', () => {
    const lines = estatText(status).split('\r\n');
    for (const line of [
      'SerNum:1524-0071-21',
      'CodeName:Flexy 203',
      'FwrVersion:14.6s0',
      'FwrVerHi:14',
      'FwrVerLo:6',
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });

  test('a WAN that is down has no address', () => {
    assert.match(estatText({ ...status, wan: 'down' }), /^WanIp:0\.0\.0\.0\r$/m);
    assert.doesNotMatch(estatText(status), /^WanIp:0\.0\.0\.0\r$/m);
  });
});
