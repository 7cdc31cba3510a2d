import { COMMAND_STATES, type CommandState, commandIdFrom, err, isFinal, ok } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { AT_MS, commandDocument } from '../testing/account-signer.ts';
import { ACCOUNT } from '../testing/fixtures.ts';
import { type Command, type CommandBook, commandIn, EMPTY_BOOK } from './command-book.ts';
import { IDENTIFY_SECONDS } from './command-kinds.ts';
import { type CommandEffect, type CommandEvent, commandsTransition, untold } from './commands.ts';
import type { Decision } from './policy.ts';

const ON: Decision = { on: true, by: 'account' };
const turn = (remote = ON): CommandEvent => ({
  ...{ on: 'CommandTurn', atMs: AT_MS, bootId: 'b1', accountId: ACCOUNT },
  remote,
});
const letIn = (n: number, change: object = {}, is: 'new' | 'again' | 'expired' = 'new'): CommandEvent => ({
  on: 'CommandLetIn',
  letIn: { is, command: commandDocument(n, change), keys: [] },
  atMs: AT_MS,
});
const { id } = commandDocument(1);
const endedWith = (outcome: Command['result'] | undefined): CommandEvent => ({
  on: 'CommandEnded',
  id,
  outcome: outcome ? ok(outcome) : err('COMMAND_TIMEOUT', '10 s'),
  atMs: AT_MS,
});

/** A command in a state, as the machine makes it. */
function inState(state: CommandState, change: object = {}): CommandBook {
  const [document, base] = [commandDocument(1, change), { state, changedAtMs: AT_MS }];
  const { id, name, arguments: given, issuedAt, expiresAt } = document;
  const begun = state === 'init' || state === 'scheduled' ? {} : { bootId: 'b1' };
  return { list: [{ id, name, arguments: given, issuedAt, expiresAt, ...base, ...begun }], forgottenUpToMs: 0 };
}

const words = (effects: readonly CommandEffect[]) =>
  effects.map((e) => {
    if (e.do === 'tellCommand') return `tell ${e.command.state}`;
    return e.do === 'report' ? e.code : e.do;
  });
const step = (book: CommandBook, event: CommandEvent) => {
  const [next, effects] = commandsTransition(book, event);
  return { book: next, state: commandIn(next, id)?.state, reason: commandIn(next, id)?.reason, did: words(effects) };
};
/** Plays events and says each state that the account is told of the first command. */
const play = (from: CommandBook, events: readonly CommandEvent[]) => {
  let book = from;
  const did: string[] = [];
  for (const event of events) {
    const [next, effects] = commandsTransition(book, event);
    book = next;
    did.push(...words(effects));
  }
  return { book, did, state: commandIn(book, id)?.state };
};

suite('commands: the table', (test) => {
  const EVENTS: Readonly<Record<string, CommandEvent>> = {
    'let in again': letIn(1, {}, 'again'),
    'a turn': turn(),
    'ended well': endedWith({ a: 1 }),
    'ended badly': endedWith(undefined),
    cleared: { on: 'CommandCleared', id },
    'the same start': { on: 'BoardStarted', bootId: 'b1', atMs: AT_MS },
    'another start': { on: 'BoardStarted', bootId: 'b2', atMs: AT_MS },
  };
  const same = (state: string, ...did: string[]) => [state, did];
  const TABLE: Readonly<Record<CommandState, Readonly<Record<string, readonly unknown[]>>>> = {
    init: {
      'let in again': same('init', 'tell init'),
      'a turn': same('scheduled', 'tell scheduled', 'turnCommands'),
      'ended well': same('init'),
      'ended badly': same('init'),
      cleared: same('init'),
      'the same start': same('init', 'turnCommands'),
      'another start': same('init', 'turnCommands'),
    },
    scheduled: {
      'let in again': same('scheduled', 'tell scheduled'),
      'a turn': same('executing', 'tell executing', 'executeCommand'),
      'ended well': same('scheduled'),
      'ended badly': same('scheduled'),
      cleared: same('scheduled'),
      'the same start': same('scheduled', 'turnCommands'),
      'another start': same('scheduled', 'turnCommands'),
    },
    executing: {
      'let in again': same('executing', 'tell executing'),
      'a turn': same('executing'),
      'ended well': same('successful', 'tell successful', 'COMMAND_DONE', 'turnCommands'),
      'ended badly': same('failed', 'tell failed', 'COMMAND_TIMEOUT', 'turnCommands'),
      cleared: same('executing'),
      'the same start': same('failed', 'tell failed', 'COMMAND_INTERRUPTED'),
      'another start': same('failed', 'tell failed', 'COMMAND_INTERRUPTED'),
    },
    successful: {
      'let in again': same('successful', 'tell successful'),
      'a turn': same('successful'),
      'ended well': same('successful'),
      'ended badly': same('successful'),
      cleared: same('successful', 'clearCommand'),
      'the same start': same('successful'),
      'another start': same('successful'),
    },
    failed: {
      'let in again': same('failed', 'tell failed'),
      'a turn': same('failed'),
      'ended well': same('failed'),
      'ended badly': same('failed'),
      cleared: same('failed', 'clearCommand'),
      'the same start': same('failed'),
      'another start': same('failed'),
    },
  };
  for (const state of COMMAND_STATES)
    for (const [what, event] of Object.entries(EVENTS))
      test(`${state}, ${what}`, () => {
        const before = inState(state);
        const frozen = JSON.stringify(before);
        const { state: after, did } = step(before, event);
        assert.deepEqual([after, did], TABLE[state][what]);
        assert.equal(JSON.stringify(before), frozen, 'what was is not written over');
      });

  test('no event leads backwards, and none leaves an end', () => {
    for (const state of COMMAND_STATES)
      for (const event of Object.values(EVENTS)) {
        const after = step(inState(state), event).state ?? 'init';
        assert.ok(COMMAND_STATES.indexOf(after) >= COMMAND_STATES.indexOf(state), `${state} → ${after}`);
        if (isFinal(state)) assert.equal(after, state);
      }
  });
});

suite('commands: what becomes of them', (test) => {
  test('each state is told in its order, and the work is begun when executing was told', () => {
    const { did } = play(EMPTY_BOOK, [letIn(1), turn(), turn(), endedWith({})]);
    assert.deepEqual(did, [
      ...['COMMAND_TAKEN', 'tell init', 'turnCommands', 'tell scheduled', 'turnCommands'],
      ...['tell executing', 'executeCommand', 'tell successful', 'COMMAND_DONE', 'turnCommands'],
    ]);
  });

  const refused: readonly (readonly [string, object, Decision, string | undefined])[] = [
    ['a name nobody knows', { name: 'explode' }, ON, 'COMMAND_UNKNOWN'],
    ['a name of every object', { name: 'constructor' }, ON, 'COMMAND_UNKNOWN'],
    ['an argument it does not take', { arguments: { seconds: 1 } }, ON, 'COMMAND_ARGUMENTS_BAD'],
    ['identify for no time', { name: 'identify', arguments: { seconds: 0 } }, ON, 'COMMAND_ARGUMENTS_BAD'],
    ['identify for a night', { name: 'identify', arguments: { seconds: 301 } }, ON, 'COMMAND_ARGUMENTS_BAD'],
    ['identify for a word', { name: 'identify', arguments: { seconds: 'x' } }, ON, 'COMMAND_ARGUMENTS_BAD'],
    ['identify as long as may be', { name: 'identify', arguments: { seconds: IDENTIFY_SECONDS.most } }, ON, undefined],
    ...(['board', 'device', 'account', 'unknown'] as const).flatMap((by) => {
      const off = { on: false, by };
      const how = `with remote management off by ${by}`;
      return [
        ...['reboot', 'forget', 'rescan', 'diag'].map(
          (name) => [`${name} ${how}`, { name }, off, 'REMOTE_MANAGEMENT_OFF'] as const,
        ),
        ...['status', 'identify'].map((name) => [`${name} ${how}`, { name }, off, undefined] as const),
      ];
    }),
  ];
  for (const [what, change, remote, code] of refused)
    test(`${what}: ${code ?? 'done'}`, () => {
      const { state, reason } = step(inState('init', change), turn(remote));
      assert.deepEqual([state, reason], code ? ['failed', code] : ['scheduled', undefined]);
    });

  test('expired at the door, and one too many: failed at once, remembered and told', () => {
    const expired = step(EMPTY_BOOK, letIn(1, {}, 'expired'));
    assert.deepEqual(
      [expired.state, expired.reason, expired.did],
      ['failed', 'COMMAND_EXPIRED', ['tell failed', 'COMMAND_EXPIRED']],
    );
    const { book } = play(
      EMPTY_BOOK,
      Array.from({ length: 16 }, (_, i) => letIn(i + 2)),
    );
    const more = step(book, letIn(1));
    assert.deepEqual([more.state, more.reason], ['failed', 'COMMAND_QUEUE_FULL']);
  });

  test('one at a time, in the order they came', () => {
    const { book } = play(EMPTY_BOOK, [letIn(1), letIn(2), turn(), turn(), turn(), turn()]);
    assert.deepEqual(
      book.list.map(({ state }) => state),
      ['executing', 'scheduled'],
    );
    const next = play(book, [endedWith({}), turn()]);
    assert.deepEqual(
      next.book.list.map(({ state }) => state),
      ['successful', 'executing'],
    );
  });

  test('reboot: successful when the board has started anew, failed when only the agent has', () => {
    const executing = inState('executing', { name: 'reboot' });
    assert.deepEqual(step(executing, { on: 'BoardStarted', bootId: 'b2', atMs: AT_MS }).state, 'successful');
    assert.deepEqual(step(executing, { on: 'BoardStarted', bootId: 'b1', atMs: AT_MS }).reason, 'COMMAND_INTERRUPTED');
  });

  test('forget: told as done before the link goes, in one step', () => {
    const begun = step(inState('scheduled', { name: 'forget' }), turn());
    assert.deepEqual([begun.state, begun.did], ['executing', ['tell executing', 'turnCommands']]);
    const { state, did } = step(begun.book, turn());
    assert.deepEqual([state, did], ['successful', ['tell successful', 'COMMAND_DONE', 'startForget']]);
  });

  test('rescan: begun at the slots, and bounded like the others', () => {
    const { did } = step(inState('scheduled', { name: 'rescan' }), turn());
    assert.deepEqual(did, ['tell executing', 'executeCommand', 'startRescan']);
  });

  test('an end is told until the account has it; then its answer is forgotten', () => {
    const { book } = play(inState('executing'), [endedWith({ large: 'x' })]);
    assert.deepEqual(
      untold(book).map(({ result }) => result),
      [{ large: 'x' }],
    );
    const { book: cleared } = step(book, { on: 'CommandCleared', id });
    assert.deepEqual([untold(cleared), commandIn(cleared, id)?.result], [[], undefined]);
    const again = step(cleared, letIn(1, {}, 'again'));
    assert.deepEqual(again.did, ['tell successful'], 'it came again: the account lost the end');
    assert.equal(again.book, cleared, 'who takes it away and puts it back for ever costs no write');
  });

  test('what is not there cannot end or be cleared', () => {
    const other = commandIdFrom(new Uint8Array(17).fill(99));
    assert.deepEqual(commandsTransition(EMPTY_BOOK, { on: 'CommandCleared', id: other }), [EMPTY_BOOK, []]);
    assert.deepEqual(commandsTransition(EMPTY_BOOK, endedWith({})), [EMPTY_BOOK, []]);
  });
});
