import { err, MINUTE_MS, ok, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { LOCK_MS } from '../core/console/login-lockout.ts';
import type { ConsoleAnswer } from '../core/console/session.ts';
import type { Order, Role } from '../core/console/tree.ts';
import { type ConsoleUsers, type PasswordHash, withoutUser, withPassword } from '../core/console/users.ts';
import { testClock } from '../testing/test-clock.ts';
import type { Asking } from './console.ts';
import { startGate } from './console-gate.ts';
import { createKeeper } from './console-gate-keeper.ts';
import { createPresence } from './console-gate-presence.ts';

const PASSWORD = 'correct horse';
const IDLE_MS = 10 * MINUTE_MS;
/** Not scrypt: its adapter has its own test. */
const hashOf = (password: string, salt = 's'): PasswordHash => {
  return { by: 'scrypt', cost: 2, blockSize: 1, parallelism: 1, salt, hash: [...password].reverse().join('') };
};
const user = (name: string, role: Role) => ({ name, role, password: hashOf(PASSWORD, name) });
const USERS: ConsoleUsers = [user('ada', 'administrator'), user('tom', 'technician'), user('vic', 'viewer')];
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** A gate whose line, users, clock and answers are in the test's hands. */
function createWorld(users: ConsoleUsers | 'none' = USERS) {
  const { clock, pass } = testClock();
  const world = {
    users: users === 'none' ? undefined : users,
    fault: undefined as string | undefined,
    failures: undefined as string | undefined,
    isFull: false,
    checks: 0,
    said: '',
    ended: 0,
    isHeld: false,
    isWriting: false,
    lent: undefined as undefined | { isBack: boolean },
    orders: [] as { readonly order: Order; readonly asking: Asking<string>; answer(answer: ConsoleAnswer): void }[],
    audited: [] as string[],
    button: 'up',
    clock,
    pass,
  };
  const record = (did: string, person: string, detail?: string) =>
    void world.audited.push([person, did, detail].filter((part) => part !== undefined).join(' '));
  const presence = createPresence({ clock, forMs: IDLE_MS, button: () => world.button });
  const begin = () => {
    const keeper = createKeeper({
      ...{ clock, line: 'serial', record },
      users: {
        load: () => (world.fault === undefined ? ok(world.users) : err('CONSOLE_USERS_BAD', world.fault)),
        save(next) {
          if (world.isFull) return err('STATE_UNWRITABLE');
          world.users = next;
          return ok(undefined);
        },
      },
      failures: {
        load: () => world.failures,
        save(text) {
          if (world.isFull) return err('STATE_UNWRITABLE');
          world.failures = text;
          return ok(undefined);
        },
      },
      passwords: {
        hash: async (password) => hashOf(password, `new ${world.checks}`),
        async fits(password, hash) {
          world.checks += 1;
          return hash?.hash === hashOf(password).hash;
        },
      },
    });
    return startGate<string>({
      gate: {
        ...{ clock, keeper, presence, record },
        rules: { idleMs: IDLE_MS, banner: 'Pump 7\nKeep \x1b[2Jout' },
        greeting: ({ name, role }) => `Hello ${name}, ${role}`,
        isWriting: () => world.isWriting,
      },
      line: {
        write(text) {
          assert.match(text, /^[\x07\b\r\n -~]*$/);
          assert.ok(!world.lent || world.lent.isBack, `nothing is written into a file: ${text}`);
          world.said += text;
        },
        hold(isHeld) {
          world.isHeld = isHeld;
        },
        lend() {
          const lent = { isBack: false };
          world.lent = lent;
          return {
            bytes: 'bytes',
            giveBack() {
              lent.isBack = true;
            },
          };
        },
        end() {
          world.ended += 1;
        },
      },
      ask: (order, asking) => new Promise((answer) => world.orders.push({ order, asking, answer })),
    });
  };
  let gate = begin();
  const self = {
    ...{ world, presence },
    gate: () => gate,
    restart() {
      gate = begin();
      return self.attach();
    },
    attach() {
      gate.happened({ on: 'attached', greeting: '' });
      return self;
    },
    /** What was said upon it. */
    async types(text: string | Uint8Array) {
      const before = world.said.length;
      gate.happened({ on: 'typed', bytes: typeof text === 'string' ? Buffer.from(text, 'latin1') : text });
      await settle();
      return world.said.slice(before);
    },
    async logsIn(name: string, password = PASSWORD) {
      await self.types(`${name}\r`);
      return self.types(`${password}\r`);
    },
    async passes(ms: number) {
      const before = world.said.length;
      for (let rest = ms; rest > 0; rest -= SECOND_MS) pass(Math.min(rest, SECOND_MS));
      await settle();
      return world.said.slice(before);
    },
    async answers(answer: ConsoleAnswer = ok({ lines: ['done'], value: null })) {
      world.orders.at(-1)?.answer(answer);
      await settle();
    },
    row: () => world.said.split('\r\n').at(-1) ?? '',
    asked: () => world.orders.map(({ order }) => order.what),
  };
  return self;
}

suite('the gate of a console', (test) => {
  test('asks for name and password, shows neither password nor what hurts a terminal, and lets in', async () => {
    const line = createWorld().attach();
    assert.equal(line.world.said, 'Pump 7\r\nKeep \\x1b[2Jout\r\nlogin: ');
    assert.equal(await line.types('ada\r'), 'ada\r\nPassword: ');
    const said = await line.types(`${PASSWORD}\r`);
    assert.equal(said, '\r\nHello ada, administrator\r\newon> ');
    assert.deepEqual(line.world.audited, ['ada login']);
    await line.types('show status\r');
    assert.deepEqual(line.asked(), ['show status']);
    assert.deepEqual(line.world.orders[0]?.asking.person, { name: 'ada', role: 'administrator' });
    await line.answers();
    assert.match(await line.types('exit\r'), /^exit\r\n\r\nPump 7[\s\S]*\nlogin: $/);
    assert.deepEqual(line.world.audited, ['ada login', 'ada command show status', 'ada command exit', 'ada logout']);
    assert.equal(line.world.ended, 0);
  });

  test('each has what his role may', async () => {
    const line = createWorld().attach();
    await line.logsIn('vic');
    assert.match(await line.types('enable\r'), /Invalid input/);
    assert.match(await line.types('show users\r'), /Invalid input/);
    assert.deepEqual(line.asked(), []);
    assert.ok(!line.world.audited.some((entry) => entry.includes('command')));
  });

  test('a wrong password and a name that nobody has are told and cost the same, and the name is not kept', async () => {
    const line = createWorld().attach();
    const wrong = await line.logsIn('ada', 'wrong password');
    assert.match(wrong, /% Login incorrect\r\nlogin: $/);
    assert.equal(await line.logsIn('hunter2secret', 'wrong password'), wrong);
    assert.equal(line.world.checks, 2);
    assert.deepEqual(line.world.audited, ['ada failed', '- failed']);
    assert.ok(!line.world.failures?.includes('hunter2'));
  });

  test('failures make wait, ten of them a quarter of an hour, over restarts; then the right password is right', async () => {
    const line = createWorld().attach();
    const pauses: string[] = [];
    for (let i = 0; i < 10; i += 1) {
      const said = await line.logsIn(i % 2 === 0 ? 'ada' : `guess${i}`, 'wrong password');
      pauses.push(/again in (.*)\r/.exec(said)?.[1] ?? '');
      if (i < 9) await line.passes(130 * SECOND_MS);
    }
    assert.deepEqual(pauses, ['', '', '2 s', '4 s', '8 s', '16 s', '32 s', '2 min', '3 min', '15 min']);
    assert.deepEqual(line.world.audited.slice(-2), ['- failed', '- locked']);
    const { checks } = line.world;
    assert.match(await line.logsIn('tom'), /Too many failed logins.*again in 15 min/, 'whoever it is on this line');
    line.restart();
    assert.match(line.world.said, /Too many failed logins.*again in 15 min\r\nlogin: $/);
    assert.match(await line.logsIn('ada'), /Too many/);
    assert.equal(line.world.checks, checks, 'nothing is checked meanwhile');
    await line.passes(LOCK_MS);
    assert.match(await line.logsIn('ada'), /Hello ada/);
  });

  test('who may log in cannot wash off what he guessed of others', async () => {
    const line = createWorld().attach();
    for (let i = 0; i < 9; i += 1) {
      await line.logsIn(`guess${i}`, 'wrong password');
      await line.passes(3 * MINUTE_MS);
      await line.logsIn('vic');
      await line.types('exit\r');
    }
    assert.match(await line.logsIn('tom', 'wrong password'), /again in 15 min/);
  });

  test('an end of the pauses from a shell counts at once', async () => {
    const line = createWorld().attach();
    for (let i = 0; i < 10; i += 1) {
      await line.logsIn('ada', 'wrong password');
      await line.passes(3 * MINUTE_MS);
    }
    assert.match(await line.logsIn('ada'), /Too many/);
    line.world.failures = undefined;
    assert.match(await line.logsIn('ada'), /Hello/);
  });

  test('a full disk lets in who knows his password, and counts who does not', async () => {
    const line = createWorld().attach();
    line.world.isFull = true;
    for (let i = 0; i < 3; i += 1) await line.logsIn('ada', 'wrong password');
    assert.match(await line.logsIn('ada'), /Too many/);
    await line.passes(2 * SECOND_MS);
    assert.match(await line.logsIn('ada'), /Hello/);
  });

  test('who is idle at the prompt is logged out; a long answer, its output and a transfer are no idleness', async () => {
    const line = createWorld().attach();
    await line.logsIn('ada');
    await line.passes(IDLE_MS - 2 * SECOND_MS);
    await line.types('s');
    await line.passes(IDLE_MS - 2 * SECOND_MS);
    await line.types('how log\r');
    assert.equal(await line.passes(3 * IDLE_MS), '');
    await line.answers();
    line.world.isWriting = true;
    assert.equal(await line.passes(IDLE_MS * 2), '');
    line.world.isWriting = false;
    assert.equal(await line.passes(IDLE_MS - 2 * SECOND_MS), '');
    assert.match(await line.passes(3 * SECOND_MS), /^\r\n% Logged out after 10 min without a key\r\n[\s\S]*login: $/);
    assert.equal(line.world.audited.at(-1), 'ada idle');
    await line.types('show log\r');
    assert.equal(line.world.orders.length, 1, 'it is a name now');
  });

  test('a hang-up logs out; who comes next is asked', async () => {
    const line = createWorld().attach();
    await line.logsIn('ada');
    line.gate().happened({ on: 'hungUp' });
    assert.deepEqual([line.world.ended, line.world.audited.at(-1)], [1, 'ada hung up']);
    line.world.said = '';
    line.attach();
    assert.match(line.world.said, /login: $/);
    await line.types('show status\r');
    assert.deepEqual(line.asked(), []);
  });

  test('a hang-up at every byte of a login and a command orders nothing', async () => {
    const text = `ada\r${PASSWORD}\ren\rforget\ryes`;
    for (let cut = 0; cut <= text.length; cut += 1) {
      const line = createWorld().attach();
      for (const c of text.slice(0, cut)) await line.types(c);
      line.gate().happened({ on: 'hungUp' });
      line.gate().happened({ on: 'hungUp' });
      assert.equal(line.world.ended, 1);
      const { said } = line.world;
      assert.deepEqual([await line.passes(2 * MINUTE_MS), line.asked(), line.world.said], ['', [], said]);
    }
  });

  test('an answer to a check whose line is gone lets nobody in', async () => {
    const line = createWorld().attach();
    await line.types('ada\r');
    line.gate().happened({ on: 'typed', bytes: Buffer.from(`${PASSWORD}\r`) });
    line.gate().happened({ on: 'hungUp' });
    line.attach();
    await settle();
    assert.match(line.row(), /^login: $/);
  });

  test('a changed role reaches an open session, and an order that was given with the old one is refused', async () => {
    const line = createWorld().attach();
    await line.logsIn('ada');
    await line.types('enable\r');
    line.world.users = [user('ada', 'viewer'), user('boss', 'administrator')];
    assert.match(await line.types('forget\r'), /Type yes/);
    assert.match(await line.types('yes\r'), /CONSOLE_USER_CHANGED/);
    assert.deepEqual(line.asked(), []);
    await line.passes(SECOND_MS);
    assert.equal(line.row().split('\r').at(-1), 'ewon> ');
    assert.match(await line.types('forget\r'), /Invalid input/);
  });

  for (const [what, change, words] of [
    ['removed', withoutUser(USERS, 'tom'), /no user of this console any more/],
    ['given another password', withPassword(USERS, 'tom', hashOf(PASSWORD, 'other')), /your password was changed/],
  ] as const) {
    test(`who is ${what} is put out at once`, async () => {
      const line = createWorld().attach();
      await line.logsIn('tom');
      line.world.users = change.ok ? change.value : [];
      assert.match(await line.types('show status\r'), /CONSOLE_USER_CHANGED/);
      assert.match(await line.passes(SECOND_MS), words);
      assert.deepEqual([line.asked(), line.world.audited.at(-1)], [[], 'tom put out']);
      assert.match(line.row(), /^login: $/);
    });
  }

  test("one's own password is guessed no better from within, and changing it does not end the session", async () => {
    const line = createWorld().attach();
    await line.logsIn('tom');
    const change = async (old: string) => {
      await line.types('user password\r');
      await line.types(`${old}\r`);
      await line.types('another password\r');
      return line.types('another password\r');
    };
    assert.match(await change('wrong password'), /CONSOLE_PASSWORD_WRONG/);
    await change('wrong password');
    await change('wrong password');
    assert.match(await change(PASSWORD), /CONSOLE_LOCKED/);
    await line.passes(2 * SECOND_MS);
    await change(PASSWORD);
    assert.deepEqual(line.world.orders.at(-1)?.order.given, [PASSWORD, 'another password', 'another password']);
    const changed = withPassword(USERS, 'tom', hashOf('another password', 'other'));
    line.world.users = changed.ok ? changed.value : [];
    await line.answers();
    await line.passes(5 * SECOND_MS);
    assert.match(line.row(), /ewon> $/);
    assert.ok(!line.world.said.includes('another password') && !line.world.audited.join().includes('another'));
  });

  test('the first administrator is set up by who is at the device, and by nobody else', async () => {
    const line = createWorld('none');
    line.attach();
    assert.match(line.world.said, /put a card or stick into a slot now/);
    await line.types('ada\r');
    assert.match(await line.passes(MINUTE_MS), /^$/);
    line.world.button = 'down';
    assert.match(
      await line.passes(SECOND_MS),
      /Set up the first administrator[\s\S]*\nName of the first administrator: $/,
    );
    assert.match(await line.types('Ada\r'), /A name is/);
    await line.types('ada\r');
    assert.match(await line.types('short\r'), /Not taken: it has fewer than 10/);
    await line.types('several good words\r');
    assert.match(await line.types('several good wurds\r'), /not the same\r\nNew password: $/);
    await line.types('several good words\r');
    assert.match(await line.types('several good words\r'), /Done\. Log in[\s\S]*login: $/);
    assert.deepEqual(line.world.audited, ['ada first user']);
    assert.ok(!line.world.said.includes('several good'));
    assert.match(await line.logsIn('ada', 'several good words'), /Hello ada, administrator/);
  });

  test('presence that is over, or users that came by another way, end the setup', async () => {
    const line = createWorld('none');
    line.attach();
    line.world.button = 'down';
    await line.passes(SECOND_MS);
    assert.match(line.row(), /^Name of the first/);
    assert.match(await line.passes(IDLE_MS), /This console has no users yet/);
    line.world.button = 'up';
    await line.passes(SECOND_MS);
    await line.types('eve\reve-was-here\r');
    line.world.users = USERS;
    const said = await line.types('eve-was-here\r');
    assert.match(said, /Not taken|CONSOLE_USERS_THERE[\s\S]*login: $/);
    assert.equal(line.world.users, USERS);
  });

  test('where it cannot be read who may, nobody is let in, and nobody is set up', async () => {
    const line = createWorld();
    line.world.fault = 'no JSON';
    line.world.button = 'down';
    line.attach();
    assert.match(line.world.said, /CONSOLE_USERS_BAD/);
    await line.types(`ada\r${PASSWORD}\r`);
    assert.equal(line.world.checks, 0);
    line.world.fault = undefined;
    assert.match(await line.passes(SECOND_MS), /login: $/);
  });

  test('a name without its password is given up after a minute, and by ^C and BREAK', async () => {
    const line = createWorld().attach();
    await line.types('ada\r');
    assert.match(await line.passes(61 * SECOND_MS), /login: $/);
    await line.types('ada\rsecret');
    assert.match(await line.types('\x03'), /login: $/);
    await line.types('ada\r');
    line.gate().happened({ on: 'broken' });
    assert.match(line.row(), /^login: $/);
    assert.equal(line.world.checks, 0);
  });

  test('a line of 10 MB, at the name and at the password, is no login and costs little to answer', async () => {
    const line = createWorld().attach();
    const chunk = Buffer.alloc(64 * 1024, 'a');
    for (const start of ['', 'ada\r']) {
      await line.types(start);
      for (let i = 0; i < 160; i += 1) line.gate().happened({ on: 'typed', bytes: chunk });
      assert.match(await line.types('\r'), /login: $/);
    }
    assert.equal(line.world.checks, 0);
    assert.ok(line.world.said.length < 2000, `${line.world.said.length}`);
    assert.match(await line.logsIn('ada'), /Hello/);
  });

  test('a line with a byte of no keyboard is neither a name, nor a password, nor a failure', async () => {
    const line = createWorld().attach();
    assert.match(await line.types('ada\xe9\r'), /login: $/);
    for (let i = 0; i < 20; i += 1) {
      assert.match(await line.types('ada\r'), /Password: $/);
      assert.match(await line.types('wrong\xffpassword\r'), /plain ASCII\r\nlogin: $/);
    }
    assert.deepEqual([line.world.checks, line.world.audited], [0, []]);
    await line.types('\0'); // some converters send CR NUL
    assert.match(await line.logsIn('ada'), /Hello ada/);
  });

  test('a minute of noise at 115200 baud locks nobody out', async () => {
    const line = createWorld().attach();
    let seed = 1;
    const noise = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
      return seed >>> 24;
    };
    for (let second = 0; second < 60; second += 1) {
      const said = await line.types(Uint8Array.from({ length: 11_520 }, noise));
      assert.ok(said.length < 3 * 11_520, `${said.length}`);
      await line.passes(SECOND_MS);
    }
    assert.ok(line.world.checks < 3, `${line.world.checks}`);
    await line.types('\x07\x1b\\\x03\r\x03');
    assert.match(await line.logsIn('ada'), /Hello ada/);
  });

  /** What is at the other end sends something back, until it is silent. @returns how many bytes the gate sent */
  async function talksWith(line: ReturnType<typeof createWorld>, back: (said: string) => string) {
    const before = line.world.said.length;
    for (let at = 0; at < line.world.said.length; ) {
      const said = line.world.said.slice(at);
      at += said.length;
      assert.ok(at - before < 20_000, `no end: ${JSON.stringify(said)}`);
      const typed = back(said);
      for (let cut = 0; cut < typed.length; cut += 7) await line.types(typed.slice(cut, cut + 7));
    }
    return line.world.said.length - before;
  }

  for (const [what, users, start] of [
    ['asks for a name', USERS, ''],
    ['has no users', 'none', ''],
    ['sets up its first', 'none', 'down'],
  ] as const)
    test(`a plug that sends all back is talked to for a moment, where the console ${what}; then a person is answered`, async () => {
      const line = createWorld(users).attach();
      if (start !== '') {
        line.world.button = start;
        await line.passes(SECOND_MS);
      }
      await line.types('\r');
      await talksWith(line, (said) => said);
      assert.match(line.world.said, /silent for 2 s, then press Enter\r\n$/);
      assert.deepEqual([line.world.checks, line.world.failures, line.world.audited], [0, undefined, []]);
      assert.equal(await line.passes(20 * MINUTE_MS), '');
      line.world.users = USERS;
      assert.match(await line.types('\r'), /login: $/);
      assert.match(await line.logsIn('ada'), /Hello ada/);
    });

  test('another login at the other end is talked to less and less, locks nobody, and a person who comes then is answered', async () => {
    const line = createWorld().attach();
    const getty = () => {
      let isPassword = false;
      return (said: string) =>
        said // as agetty: it echoes, and asks for a password after each line
          .split('\r\n')
          .map((row, at, all) => {
            if (at === all.length - 1) return isPassword ? '' : row;
            isPassword = !isPassword;
            return isPassword ? `${row}\r\nPassword: ` : '\r\n\r\nLogin incorrect\r\nbox login: ';
          })
          .join('');
    };
    const talked: number[] = [];
    for (let hour = 0; hour < 60; hour += 1) {
      // it gives up after a minute, and asks anew
      await line.types('\r\n\r\nDebian GNU/Linux 12 box ttyS0\r\n\r\nbox login: ');
      talked.push(await talksWith(line, getty()));
      await line.passes(MINUTE_MS);
    }
    assert.ok(
      talked.every((bytes) => bytes < 6000),
      talked.join(' '),
    );
    assert.ok(
      talked.slice(5).every((bytes) => bytes < 1500),
      talked.join(' '),
    );
    assert.deepEqual([line.world.checks, line.world.audited], [0, []]);
    await line.passes(MINUTE_MS);
    assert.match(await line.types('\r'), /login: $/);
    assert.match(await line.logsIn('ada'), /Hello ada/);
  });

  test('a device that sends lines all the time is not answered, however long; who comes waits a minute at most', async () => {
    const line = createWorld().attach();
    await line.types('OK\r\n'.repeat(20));
    assert.match(line.world.said, /silent for 2 s/);
    for (let n = 0; n < 3600; n += 1) {
      assert.equal(await line.types('OK\r\n'), '');
      line.world.pass(SECOND_MS / 2);
    }
    line.world.pass(SECOND_MS);
    assert.match(await line.types('\r'), /login: $/);
    const pauses: (string | undefined)[] = [];
    for (let n = 0; n < 8; n += 1) {
      for (let tries = 0; tries < 4; tries += 1) await line.types('not a name\r');
      pauses.push(/silent for (.*), then press Enter\r\n$/.exec(line.world.said)?.[1]);
      await line.passes(MINUTE_MS);
      await line.types('\r');
    }
    assert.deepEqual(pauses, ['4 s', '8 s', '16 s', '32 s', '60 s', '60 s', '60 s', '60 s']);
    assert.match(await line.logsIn('ada'), /Hello ada/);
    await line.types('exit\r');
    assert.match(await line.types('\r'.repeat(12)), /silent for 2 s/, 'after a login it begins anew');
  });

  test('noise and escape sequences lock nobody out, answer little, and leave a login that works', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 }), async (chunks) => {
        const line = createWorld().attach();
        for (const chunk of chunks) {
          const said = await line.types(chunk);
          assert.ok(said.length < 1000 + 10 * chunk.length, `${said.length} for ${chunk.length}`);
        }
        assert.deepEqual(line.asked(), []);
        await line.types('\x07\x1b\\\x03\r\x03');
        await line.passes(LOCK_MS);
        await line.types('\r'); // it may be silent
        assert.match(await line.logsIn('ada'), /Hello ada/);
      }),
      { numRuns: 150 },
    );
  });

  test('guesses at the own password in an open session are looked at one after the other, however fast they come', async () => {
    const line = createWorld().attach();
    await line.logsIn('ada');
    const { checks } = line.world;
    for (let i = 0; i < 8; i += 1)
      for (const text of ['user password\rwrong one\rseveral good words\rseveral good words\r', '\x03'])
        line.gate().happened({ on: 'typed', bytes: Buffer.from(text) });
    for (let i = 0; i < 50; i += 1) await settle();
    assert.ok(line.world.checks - checks <= 3, `${line.world.checks - checks} guesses`);
    assert.ok(line.world.audited.filter((did) => did === 'ada failed').length <= 3);
  });

  test('a button that changed while nobody looked proves nothing, nor does one that cannot be read', () => {
    const { clock, pass } = testClock();
    let shows: string | undefined = 'up';
    const presence = createPresence({ clock, forMs: MINUTE_MS, button: () => shows });
    assert.equal(presence.isProved(), false);
    shows = 'down';
    pass(MINUTE_MS);
    assert.equal(presence.isProved(), false, 'a year ago, perhaps');
    for (const next of [undefined, 'down']) {
      shows = next;
      pass(SECOND_MS);
      assert.equal(presence.isProved(), false);
    }
    shows = 'up';
    pass(SECOND_MS);
    assert.equal(presence.isProved(), true);
  });

  test('a medium proves presence when it is put in, not when it was in already', async () => {
    const { clock, pass } = testClock();
    const presence = createPresence({ clock, forMs: MINUTE_MS });
    let report: Parameters<Parameters<typeof presence.watched>[0]['watch']>[0] = () => {};
    const told: string[] = [];
    const slots = presence.watched({
      slots: [],
      async watch(say: typeof report) {
        report = say;
        say({ on: 'CardInserted', slot: 'sd0' as never, insertion: 'i0' });
        return { async stop() {} };
      },
      read: async () => err('CARD_GONE'),
      piece: async () => err('CARD_GONE'),
      mark: async () => err('CARD_GONE'),
    });
    await slots.watch(({ on }) => told.push(on));
    assert.equal(presence.isProved(), false);
    report({ on: 'CardRemoved', slot: 'sd0' as never });
    assert.equal(presence.isProved(), false);
    report({ on: 'CardInserted', slot: 'sd0' as never, insertion: 'i1' });
    assert.equal(presence.isProved(), true);
    pass(MINUTE_MS);
    assert.equal(presence.isProved(), false);
    assert.deepEqual(told, ['CardInserted', 'CardRemoved', 'CardInserted']);
  });
});
