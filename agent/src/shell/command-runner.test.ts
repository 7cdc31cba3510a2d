import { COMMAND_RESULT_MAX_BYTES, err, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AgentEvent } from '../core/agent.ts';
import type { Command } from '../core/command-book.ts';
import { ALL_ON } from '../core/policy.ts';
import { AT, commandDocument } from '../testing/account-signer.ts';
import { testClock } from '../testing/test-clock.ts';
import { createCommandRunner } from './command-runner.ts';

function runner(parts: { readonly diag?: object; readonly reboot?: Result<void> } = {}) {
  const { clock, pass } = testClock();
  const posted: AgentEvent[] = [];
  const board = { bootId: 'b1', reboot: async () => parts.reboot ?? ok(undefined) };
  const commands = createCommandRunner({
    ports: { clock, board },
    status: () => ({ agent: '1' }),
    diagnose: () => parts.diag ?? {},
    releasePatch: (path) => (path === 'held' ? ok(undefined) : err('TUF_NO_ROOT', path)),
    boardSwitches: () => ({ ...ALL_ON, geolocation: false }),
    post: (event) => void posted.push(event),
  });
  const command = (name: string, given: Command['arguments'] = {}): Command => ({
    ...commandDocument(1, { name, arguments: given, issuedAt: AT }),
    ...{ state: 'executing', changedAtMs: 0 },
  });
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const outcomes = async () => {
    await turn();
    return posted.flatMap((event) => (event.on === 'CommandEnded' ? [event.outcome] : []));
  };
  const reasons = async () => (await outcomes()).map((outcome) => (outcome.ok ? 'ok' : outcome.fault.code));
  return { commands, command, posted, pass, outcomes, reasons };
}

suite('command runner', (test) => {
  test('status and diag answer what the command line says', async () => {
    const { commands, command, outcomes } = runner({ diag: { v: 1 } });
    commands.execute(command('status'), SECOND_MS);
    commands.execute(command('diag'), SECOND_MS);
    assert.deepEqual(await outcomes(), [ok({ status: { agent: '1' } }), ok({ diag: { v: 1 } })]);
  });

  test('a patch is let through, or not where none are looked for', async () => {
    const { commands, command, reasons } = runner();
    commands.execute(command('patch', { path: 'held' }), SECOND_MS);
    commands.execute(command('patch', { path: 'other' }), SECOND_MS);
    assert.deepEqual(await reasons(), ['ok', 'TUF_NO_ROOT']);
  });

  test('an answer that does not fit is none', async () => {
    const { commands, command, reasons } = runner({ diag: { text: 'x'.repeat(COMMAND_RESULT_MAX_BYTES) } });
    commands.execute(command('diag'), SECOND_MS);
    assert.deepEqual(await reasons(), ['COMMAND_RESULT_TOO_LARGE']);
  });

  test('identify ends after its time, and not before', async () => {
    const { commands, command, reasons, pass } = runner();
    commands.execute(command('identify', { seconds: 7 }), 17 * SECOND_MS);
    pass(7 * SECOND_MS - 1);
    assert.deepEqual(await reasons(), []);
    pass(1);
    assert.deepEqual(await reasons(), ['ok']);
    pass(60 * SECOND_MS);
    assert.deepEqual(await reasons(), ['ok'], 'it ends once');
  });

  test('a board that cannot be restarted says so; one that was told to and does not, is waited for no longer than its time', async () => {
    const cannot = runner({ reboot: err('REBOOT_UNAVAILABLE', 'x') });
    cannot.commands.execute(cannot.command('reboot'), SECOND_MS);
    assert.deepEqual(await cannot.reasons(), ['REBOOT_UNAVAILABLE']);
    const { commands, command, reasons, pass } = runner();
    commands.execute(command('reboot'), SECOND_MS);
    assert.deepEqual(await reasons(), []);
    pass(SECOND_MS);
    assert.deepEqual(await reasons(), ['COMMAND_TIMEOUT']);
  });

  test('a turn brings what the board says now', () => {
    const { commands, posted } = runner();
    commands.turn();
    const board = { ...ALL_ON, geolocation: false };
    assert.deepEqual(posted, [{ on: 'CommandTurn', atMs: 1000, bootId: 'b1', board }]);
  });

  test('stopped: nothing ends any more', async () => {
    const { commands, command, reasons, pass } = runner();
    commands.execute(command('identify'), 40 * SECOND_MS);
    commands.stop();
    pass(60 * SECOND_MS);
    assert.deepEqual(await reasons(), []);
  });
});
