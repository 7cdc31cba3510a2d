import { err, ok } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import {
  type Console,
  type ConsoleAnswer,
  type ConsoleEffect,
  type ConsoleEvent,
  consoleTransition,
  initialConsole,
  isFilled,
  PENDING_MAX,
} from './session.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const told = (...lines: readonly string[]): ConsoleAnswer => ok({ lines, value: { lines } });

/** A session whose orders are answered when the test says so, before a terminal of 80 columns that knows BS, CR and LF. */
function createSession(terminal: Parameters<typeof initialConsole>[0] = {}) {
  let state: Console = initialConsole(terminal);
  const rows: string[] = [''];
  let at = 0;
  const session = {
    orders: [] as (ConsoleEffect & { do: 'ask' })[],
    audited: [] as string[],
    sent: '',
    rings: 0,
    ended: undefined as number | undefined,
    happened(event: ConsoleEvent) {
      const [next, effects] = consoleTransition(state, event);
      state = next;
      for (const effect of effects) {
        if (effect.do === 'write') print(effect.text);
        if (effect.do === 'ask') session.orders.push(effect);
        if (effect.do === 'audit') session.audited.push(effect.command);
        if (effect.do === 'end') session.ended = effect.status;
      }
      return session;
    },
    type: (text: string) => session.happened({ on: 'typed', bytes: bytes(text) }),
    answer(answer: ConsoleAnswer, id = session.orders.at(-1)?.id ?? 0) {
      return session.happened({ on: 'answered', id, answer });
    },
    /** The rows from the one that begins with a text. */
    from(start: string) {
      const first = rows.findLastIndex((row) => row.startsWith(start));
      return rows.slice(first).map((row) => row.trimEnd());
    },
    row: () => rows.at(-1)?.trimEnd(),
    asked: () => session.orders.map(({ order }) => order.what as string),
    state: () => state,
  };
  function print(text: string) {
    session.sent += text;
    for (const c of text) {
      const row = rows.at(-1) ?? '';
      if (c === '\n') [at] = [0, rows.push('')];
      else if (c === '\r') at = 0;
      else if (c === '\b') at = Math.max(at - 1, 0);
      else if (c === '\x07') session.rings += 1;
      else {
        assert.match(c, /[ -~]/);
        assert.ok(at < 79 || state.terminal.isDumb || terminal.isDumb, `nothing wraps: ${row}`);
        rows[rows.length - 1] = row.slice(0, at).padEnd(at) + c + row.slice(at + 1);
        at += 1;
      }
    }
  }
  return session;
}
const attached = () => createSession().happened({ on: 'attached', greeting: 'hello' });
const privileged = () => attached().type('en\r');

suite('a console', (test) => {
  test('a command is echoed, asked, shown, and the prompt is there again', () => {
    const session = attached().type('sh st\r');
    assert.deepEqual([session.asked(), session.row()], [['show status'], '']);
    session.answer(told('Agent  1', '\x1b[2Jbad'));
    assert.deepEqual(session.from('hello'), ['hello', 'ewon> sh st', 'Agent  1', '\\x1b[2Jbad', 'ewon>']);
  });

  test('every error has its caret and its word', () => {
    assert.deepEqual(attached().type('show staus\r').from('ewon> show'), [
      ...['ewon> show staus', '           ^', '% Invalid input', 'ewon>'],
    ]);
    assert.deepEqual(privileged().type('sh s\r').from('ewon# sh'), [
      ...['ewon# sh s', '         ^', '% Ambiguous command', 'ewon#'],
    ]);
    assert.match(attached().type('show\r').from('ewon> show').join('\n'), /\n {11}\^\n% Incomplete command\newon>$/);
    assert.match(attached().type('forget\r').from('ewon> for').join('\n'), /Needs privileged mode: type "enable"/);
    const faulty = attached().type('show wan\r').answer(err('AGENT_NOT_RUNNING', 'x'));
    assert.match(faulty.from('ewon> show').join('\n'), /% AGENT_NOT_RUNNING: .*\(x\)/);
  });

  test('"?" explains and leaves the line as it is; Tab completes it', () => {
    const session = attached().type('show s?');
    assert.deepEqual(
      session.from('ewon> show s').map((row) => row.slice(0, 17).trimEnd()),
      ['ewon> show s'],
    );
    assert.match(session.from('  status').join('\n'), /^ {2}status .*\n {2}slots .*\newon> show s$/);
    session.type('t\t');
    assert.equal(session.row(), 'ewon> show status');
    session.type('\r');
    assert.deepEqual(session.asked(), ['show status']);
    const rings = attached().type('show s\t');
    assert.deepEqual([rings.rings, rings.row()], [1, 'ewon> show s']);
    assert.equal(attached().type('terle\x02\x02\t').row(), 'ewon> terminal le');
  });

  test('modes', () => {
    const session = attached().type('enable\r');
    assert.equal(session.row(), 'ewon#');
    assert.equal(session.type('disable\r').row(), 'ewon>');
    assert.equal(session.type('exit\r').ended, 0);
    const { sent } = session;
    assert.equal(session.type('show status\r').sent, sent, 'nothing is taken after the end');
    assert.deepEqual(session.asked(), []);
  });

  test('forget asks for the whole word yes', () => {
    for (const no of ['', 'y', 'ye', 'yess', 'Yes', 'no', 'yes please', `yes${' '.repeat(2000)}`, '\x03', '?', '\t']) {
      const session = privileged().type(`forget\r`);
      assert.match(session.row() ?? '', /^Type yes/);
      assert.deepEqual(session.type(`${no}\r`).asked(), [], no);
      assert.equal(session.row(), 'ewon#', no);
    }
    const session = privileged().type('forget\ryes\r');
    assert.deepEqual(session.asked(), ['forget']);
    session.answer(told('The Ewon is being unlinked.'));
    assert.deepEqual(session.type('\x10').row(), 'ewon# forget', 'an answer is no line of the history');
  });

  test('a hang-up at every byte of forget, its answer and their ends orders nothing before the last one', () => {
    const all = 'enable\rforget\ryes\r';
    for (const terminal of [{}, { isPlain: true }, { isDumb: true }, { isPlain: true, isDumb: true }]) {
      for (const end of ['hungUp', 'inputEnded'] as const) {
        for (let cut = 0; cut <= all.length; cut += 1) {
          const session = createSession(terminal).type(all.slice(0, cut)).happened({ on: end });
          assert.deepEqual(session.asked(), cut === all.length ? ['forget'] : [], `${end} after ${cut}`);
          if (cut < all.length) assert.ok(session.ended !== undefined, `${end} after ${cut}`);
        }
      }
    }
  });

  test('what is long comes by pages', () => {
    const lines = Array.from({ length: 60 }, (_, i) => `line ${i}`);
    const session = attached()
      .type('show log\r')
      .answer(told(...lines));
    assert.deepEqual(session.from('line 22'), ['line 22', ' --More--']);
    assert.deepEqual(session.type('x\r').from('line 23'), ['line 23', ' --More--']);
    assert.deepEqual(session.type('\n').from('line 23'), ['line 23', ' --More--'], 'CR LF is one row');
    assert.deepEqual(session.type(' ').from('line 46'), ['line 46', ' --More--']);
    assert.deepEqual(session.type('q').from('line 46'), ['line 46', 'ewon>']);
    const all = attached()
      .type('terminal length 0\rshow log\r')
      .answer(told(...lines));
    assert.deepEqual(all.from('line 58'), ['line 58', 'line 59', 'ewon>']);
    const chosen = attached()
      .type('show log | inc 7\r')
      .answer(told(...lines));
    assert.deepEqual(chosen.from('ewon> show').slice(1), [
      'line 7',
      'line 17',
      'line 27',
      'line 37',
      'line 47',
      'line 57',
      'ewon>',
    ]);
  });

  test('what is typed ahead is done in turn; ^C gives up what is waited for', () => {
    const session = attached().type('show wan\rshow log\r');
    assert.deepEqual([session.asked(), isFilled(session.state())], [['show wan'], true]);
    session.type('show version\r').answer(told('wan'));
    assert.deepEqual([session.asked(), session.row()], [['show wan', 'show log'], '']);
    session.answer(told('log'));
    assert.deepEqual([session.asked().length, isFilled(session.state())], [3, false]);
    session.type('sh\x03');
    assert.equal(session.row(), 'ewon>');
    const { sent } = session;
    assert.equal(session.answer(told('late')).sent, sent);
    session.type('show wan\r').type('x'.repeat(PENDING_MAX + 1));
    assert.equal(session.rings, 1, 'more ahead than is kept');
    session.type('show log\rshow version\r').answer(told('wan'));
    assert.deepEqual(session.asked().slice(-1), ['show version'], 'the rest of a line whose start was lost is not run');
  });

  test('a line of 10 MB is not run, takes little to show, and the next one is', () => {
    const session = attached();
    const part = 'show status '.repeat(5000);
    for (let size = 0; size < 10e6; size += part.length) session.type(part);
    assert.ok(session.sent.length < 20_000, `${session.sent.length}`);
    assert.equal(session.rings, 1);
    session.type('\r');
    assert.deepEqual([session.asked(), session.row()], [[], 'ewon>']);
    assert.match(session.from('% A line').join('\n'), /nothing was done/);
    assert.deepEqual(session.type('show status\r').asked(), ['show status']);
  });

  test('a line that is longer than the row is moved along, and run whole', () => {
    const session = attached().type(`show log | include ${'x'.repeat(200)}`);
    assert.match(session.row() ?? '', /^ewon> \$x+$/);
    assert.match(session.type('\x01').row() ?? '', /^ewon> show log .*\$$/);
    session.type('\r').answer(told('x'.repeat(200), 'y'));
    assert.match(session.from('xx').join(''), /^x{79}|ewon>$/);
  });

  test('lines of the log are hidden and shown again, where they come at all', () => {
    const session = createSession({ isMonitored: true }).happened({ on: 'attached', greeting: 'hi' });
    const log = (text: string) => session.happened({ on: 'logged', text, isLog: true }).sent.includes(text);
    assert.ok(log('FIRST'));
    session.type('no terminal monitor\r');
    assert.ok(!log('SECOND'));
    session.happened({ on: 'logged', text: 'ALWAYS' });
    assert.match(session.sent, /ALWAYS/);
    session.type('terminal monitor\r');
    assert.ok(log('THIRD'));
    const local = createSession().happened({ on: 'attached', greeting: 'hi' }).type('terminal monitor\r');
    assert.match(local.sent, /% The log is not shown here as it is written; "show log"/);
  });

  test('a log line does not tear what is typed, asked or paged', () => {
    const session = attached().type('show sta\x02');
    session.happened({ on: 'logged', text: 'UPLINK \x1b[2J' });
    assert.deepEqual(session.from('UPLINK'), ['UPLINK \\x1b[2J', 'ewon> show sta']);
    assert.equal(session.type('t').row(), 'ewon> show stta', 'the cursor is where it was');
    const confirming = privileged().type('forget\ry').happened({ on: 'logged', text: 'LOG' });
    assert.deepEqual(confirming.from('LOG'), ['LOG', 'Type yes to do it: y']);
    const asking = attached().type('show wan\r').happened({ on: 'logged', text: 'LOG' });
    assert.deepEqual(asking.from('LOG'), ['LOG', '']);
    const paging = attached()
      .type('show log\r')
      .answer(told(...'x'.repeat(30)))
      .happened({ on: 'logged', text: 'LOG' });
    assert.deepEqual(paging.from('LOG'), ['LOG', ' --More--']);
    const dumb = createSession({ isDumb: true }).happened({ on: 'logged', text: 'LOG' });
    assert.equal(dumb.sent, '');
  });

  test('BREAK gives up whatever it was', () => {
    for (const typed of ['show sta', 'forget\ry', 'show wan\r', '']) {
      const session = privileged().type(typed).happened({ on: 'broken' });
      assert.equal(session.row(), 'ewon#', typed);
      assert.deepEqual(session.type('yes\r').asked().includes('forget'), false);
    }
  });

  test('^L shows the line anew', () => {
    const session = attached().type('show sta');
    const before = session.sent.length;
    assert.equal(session.type('\x0c').row(), 'ewon> show sta');
    assert.ok(session.sent.slice(before).endsWith('ewon> show sta'));
  });
});

suite('a console and who sits at it', (test) => {
  const viewer = { name: 'ann', role: 'viewer' } as const;

  test('what was understood is told for the audit, what was not is not: a password may stand in it', () => {
    const session = attached().type('show log\r').answer(told('x')).type('Secret1!\r').type('enable\r');
    assert.deepEqual(session.audited, ['show log', 'enable']);
  });

  test('who may less now does not go on with the configuration', () => {
    const session = privileged().type('configure\r').answer(told());
    assert.equal(session.row(), 'ewon(config)#');
    session.happened({ on: 'allowed', person: { name: 'ann', role: 'technician' } });
    assert.equal(session.row(), 'ewon#');
    const late = privileged()
      .type('configure\r')
      .happened({ on: 'allowed', person: { name: 'a', role: 'technician' } });
    assert.equal(late.answer(told()).row(), 'ewon#');
  });

  test('a key in a line is refused and not kept', () => {
    const key = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV';
    const session = attached().type(`show ${key}\r`);
    assert.match(session.from('ewon> show').join('\n'), /% A key must not be in a command/);
    assert.deepEqual([session.audited, session.type('\x10').row()], [[], 'ewon>']);
  });

  test('who may less now is back in user mode, and what was not ordered yet is not', () => {
    const session = privileged().type('forget\r').happened({ on: 'allowed', person: viewer });
    assert.equal(session.row(), 'ewon>');
    assert.deepEqual(session.type('yes\r').asked(), []);
    assert.match(session.type('enable\r').from('ewon> enable').join('\n'), /% Invalid input/);
  });
});

suite('a console with a script', (test) => {
  test('one line of JSON and a status word for each command, no echo, no prompt, no page', () => {
    const session = createSession({ isPlain: true, isDumb: true }).type('show status\n');
    session.answer(ok({ lines: ['x'], value: { name: 'é\u009b' } }));
    session.type('show staus\n').type('show status | include x\n').type('enable\nforget\n').type('no\n');
    session.type('show wan\n').answer(err('AGENT_NOT_RUNNING', 'x'));
    const rows = session.sent.trimEnd().split('\n');
    assert.deepEqual(
      rows.filter((_, i) => i % 2 === 1),
      ['OK', 'USAGE', 'USAGE', 'OK', 'CONFIRM', 'USAGE', 'AGENT_NOT_RUNNING'],
    );
    assert.equal(rows[0], '{"name":"\\u00e9\\u009b"}');
    assert.deepEqual(JSON.parse(rows[2] ?? ''), { code: 'USAGE', text: '% Invalid input', column: 5 });
    assert.equal(session.type('exit\n').ended, 3, 'something was refused');
    assert.equal(createSession({ isPlain: true }).type('enable\nexit\n').ended, 0);
  });

  test('the end of what was sent waits for the answers; a line without its end is not run', () => {
    const session = createSession({ isPlain: true }).type('show wan\nshow log\nshow st').happened({ on: 'inputEnded' });
    assert.equal(session.answer(told('wan')).ended, undefined);
    assert.equal(session.answer(told('log')).ended, 3);
    assert.deepEqual([session.asked(), session.sent], [['show wan', 'show log'], 'wan\nlog\n']);
  });

  test('terminal dumb and back', () => {
    const session = attached().type('terminal dumb\rshow ?\r').type('no terminal dumb\r');
    assert.match(session.from('ewon> term').join('\n'), /^ewon> terminal dumb\n\{\}\nOK\n\[".*"\]\nOK\newon>$/);
  });
});

suite('a console and noise', (test) => {
  test('no events throw; after ^C, which ends whatever was begun, there is a prompt', () => {
    const typed = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom('show log\r', 'en\r', 'forget\r', '?', '\t', ' ', 'q', '\x1b[', '\x1b]', 'te').map(bytes),
    );
    const event = fc.oneof<fc.Arbitrary<ConsoleEvent>[]>(
      typed.map((some) => ({ on: 'typed', bytes: some })),
      fc.uint8Array({ maxLength: 40 }).map((some) => ({ on: 'logged', text: Buffer.from(some).toString('utf16le') })),
      fc.nat(5).map((id) => ({ on: 'answered', id, answer: told(...Array.from({ length: 30 }, () => 'line')) })),
      fc.constant<ConsoleEvent>({ on: 'broken' }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const session = attached();
        for (const one of events) session.happened(one);
        assert.deepEqual(
          session.asked().filter((what) => what === 'forget'),
          [],
        );
        if (session.state().terminal.isDumb || session.ended !== undefined) return;
        assert.match(session.type('\x03').row() ?? '', /^ewon[>#]$/);
      }),
    );
  });

  test('a megabyte of noise sends back what the line can carry, and leaves a prompt', () => {
    let seed = 1;
    const noise = Uint8Array.from({ length: 1 << 20 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed >>> 24;
    });
    const session = attached();
    for (let at = 0; at < noise.length; at += 1 << 16)
      session.happened({ on: 'typed', bytes: noise.subarray(at, at + (1 << 16)) });
    assert.match(session.type('\x03').row() ?? '', /^ewon[>#]$/);
    assert.deepEqual(session.asked(), []);
  });
});
