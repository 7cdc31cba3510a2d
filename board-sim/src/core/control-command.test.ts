import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { readCommand } from './control-command.ts';

suite('control command', (test) => {
  for (const command of [
    { do: 'insert', slot: 'sd0', image: '/card.img' },
    { do: 'remove', slot: 'usb1', id: 4 },
    { do: 'network', state: 'up' },
    { do: 'network', state: 'down', how: 'silent' },
    { do: 'delay', delayMs: 250 },
    { do: 'power', state: 'cut' },
    { do: 'reboot' },
    { do: 'program', command: ['true'] },
    { do: 'ewon', fault: 'loginPage' },
    { do: 'tag', name: 'Level', value: 40.5 },
    { do: 'tag', name: 'Batch', value: 'A-17', quality: 64 },
    { do: 'clock', jumpMs: -34_560_000_000 },
    { do: 'stop' },
  ]) {
    test(`${JSON.stringify(command)} is understood`, () => {
      assert.deepEqual(assertOk(readCommand(JSON.stringify(command))), command);
    });
  }

  for (const line of [
    '',
    'null',
    '[]',
    '{}',
    '{"do":1}',
    '{"do":"__proto__"}',
    '{"do":"insert","slot":"sd0"}',
    '{"do":"insert","slot":"../etc","image":"x"}',
    '{"do":"insert","slot":"sd0","image":"x","force":true}',
    '{"do":"network","state":"sideways"}',
    '{"do":"delay","delayMs":-1}',
    '{"do":"program","command":[]}',
    '{"do":"ewon","fault":"on fire"}',
    '{"do":"tag","name":"Level"}',
    '{"do":"tag","name":"","value":1}',
    '{"do":"clock","jumpMs":1.5}',
    '{"do":"clock","jumpMs":1e15}',
    '{"do":"clock"}',
  ]) {
    test(`${line || 'an empty line'} is refused in words`, () => {
      assert.notEqual(assertFault(readCommand(line), 'BAD_REQUEST').detail, '');
    });
  }
});
