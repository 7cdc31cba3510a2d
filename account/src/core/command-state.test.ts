import { COMMAND_STATES, type CommandState, type CommandStateMessage, HOUR_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from '../testing/facts.ts';
import { commandRecord } from '../testing/records.ts';
import { overdueState, toldState, unlinkedState } from './command-state.ts';
import type { CommandRecord } from './records.ts';

const record = (state: CommandState, saidBy: CommandRecord['saidBy'] = 'device') => commandRecord({ state, saidBy });
const told = (state: CommandState): CommandStateMessage => ({
  ...{ v: 1, at: '2026-03-01T12:00:00.000Z', epoch: 'e', seq: 1 },
  ...{ id: record(state).commandId, state },
});

suite('how a command stands', (test) => {
  // what the device says, by what is known: `+` is taken, `.` changes nothing
  const TABLE: Readonly<Record<CommandRecord['saidBy'], Readonly<Record<CommandState, string>>>> = {
    device: { init: '.++++', scheduled: '..+++', executing: '...++', successful: '.....', failed: '.....' },
    account: { init: '+++++', scheduled: '.++++', executing: '..+++', successful: '...++', failed: '...++' },
  };
  for (const saidBy of ['device', 'account'] as const)
    for (const before of COMMAND_STATES)
      test(`${before}, said by the ${saidBy}: forwards only, and the end by the device is the end`, () => {
        const taken = COMMAND_STATES.map((state) => (toldState(record(before, saidBy), told(state)) ? '+' : '.')).join(
          '',
        );
        assert.equal(taken, TABLE[saidBy][before]);
      });

  test('what is taken is what was told, and by whom', () => {
    const change = toldState(record('executing'), { ...told('failed'), reason: 'COMMAND_TIMEOUT', detail: '10 s' });
    const wanted = { state: 'failed', saidBy: 'device', reason: 'COMMAND_TIMEOUT', detail: '10 s', result: null };
    assert.deepEqual(change, wanted);
  });

  test('overdue: not before its time, an hour later where it was begun, never after its end', () => {
    const expiresMs = Date.parse(record('init').expiresAt);
    for (const state of COMMAND_STATES) {
      const lastMs = state === 'executing' ? expiresMs + HOUR_MS : expiresMs;
      const isOpen = state !== 'successful' && state !== 'failed';
      assert.equal(overdueState(record(state), lastMs - 1), undefined, state);
      assert.equal(overdueState(record(state), lastMs)?.reason, isOpen ? 'COMMAND_EXPIRED' : undefined, state);
    }
    assert.ok(NOW_MS < expiresMs);
  });

  test('unlinked: forget was carried out, whatever else was open was not', () => {
    const by = (name: string, state: CommandState) => unlinkedState({ ...record(state), name });
    assert.equal(by('forget', 'executing')?.state, 'successful');
    assert.equal(by('reboot', 'init')?.reason, 'UNLINKED');
    assert.equal(by('reboot', 'failed'), undefined);
  });
});
