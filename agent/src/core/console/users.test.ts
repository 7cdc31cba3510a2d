import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import {
  type ConsoleUser,
  type ConsoleUsers,
  isUserName,
  passwordFault,
  readUsers,
  USERS_MAX,
  usersText,
  withoutUser,
  withPassword,
  withRole,
  withUser,
} from './users.ts';

const PASSWORD = {
  ...{ by: 'scrypt' as const, cost: 16384, blockSize: 8, parallelism: 5 },
  ...{ salt: `${'A'.repeat(22)}==`, hash: `${'B'.repeat(43)}=` },
} as const;
const user = (name: string, role: ConsoleUser['role'] = 'viewer'): ConsoleUser => ({ name, role, password: PASSWORD });
const TWO: ConsoleUsers = [user('ada', 'administrator'), user('tom', 'technician')];

suite('users of a console', (test) => {
  test('names', () => {
    for (const name of ['a', 'a.b-c_9', 'x'.repeat(32), '__proto__']) assert.ok(isUserName(name), name);
    for (const name of ['', 'A', 'a b', 'a\n', 'é', '../a', 'x'.repeat(33), '\x1b[2J'])
      assert.ok(!isUserName(name), name);
  });

  const WEAK: readonly (readonly [string, RegExp])[] = [
    ['short', /fewer than 10/],
    ['x'.repeat(129), /more than 128/],
    ['abababababab', /different/],
    ['pässword pässword', /not every terminal/],
    ['I am tom, let me in', /name of the user/],
    ['1234567890', /row/],
    ['qwertyuiopqwertyuiop', /row/],
    ['password123', /tried first/],
    ['Admin-admin-1', /tried first/],
    ['ewonewonewon', /different|tried first/],
  ];
  for (const [password, why] of WEAK) {
    test(`"${password.slice(0, 24)}" is not taken, and is not in what is said of it`, () => {
      const fault = passwordFault('tom', password) ?? '';
      assert.match(fault, why);
      assert.ok(!fault.includes(password));
    });
  }
  test('ordinary long passwords are taken', () => {
    for (const good of ['correct horse', 'the pump is in the cellar', 'Tr0ub4dor&3x', 'kq3v-9fmw-2xtd'])
      assert.equal(passwordFault('tom', good), undefined, good);
  });

  test('changes, and what is refused', () => {
    const three = assertOk(withUser(TWO, user('eve')));
    assert.deepEqual(
      three.map(({ name }) => name),
      ['ada', 'eve', 'tom'],
    );
    assertFault(withUser(TWO, user('tom')), 'CONSOLE_USER_TAKEN');
    assertFault(withUser(TWO, user('Tom')), 'CONSOLE_USER_NAME_BAD');
    assertFault(withUser([], user('tom')), 'CONSOLE_LAST_ADMINISTRATOR');
    const full = Array.from({ length: USERS_MAX }, (_, i) => user(`u${i}`, 'administrator'));
    assertFault(withUser(full, user('tom')), 'CONSOLE_USERS_FULL');
    assert.deepEqual(assertOk(withoutUser(TWO, 'tom')), [TWO[0]]);
    assertFault(withoutUser(TWO, 'ada'), 'CONSOLE_LAST_ADMINISTRATOR');
    assertFault(withRole(TWO, 'ada', 'viewer'), 'CONSOLE_LAST_ADMINISTRATOR');
    assert.equal(assertOk(withRole(TWO, 'tom', 'administrator'))[1]?.role, 'administrator');
    for (const name of ['eve', '__proto__']) {
      assertFault(withoutUser(TWO, name), 'CONSOLE_USER_UNKNOWN');
      assertFault(withRole(TWO, name, 'viewer'), 'CONSOLE_USER_UNKNOWN');
      assertFault(withPassword(TWO, name, PASSWORD), 'CONSOLE_USER_UNKNOWN');
    }
  });

  test('what is kept is read back; a file that is not whole lets nobody in', () => {
    assert.deepEqual(assertOk(readUsers(usersText(TWO))), TWO);
    const text = usersText(TWO);
    for (let cut = 0; cut < text.length - 1; cut += 1) assertFault(readUsers(text.slice(0, cut)), 'CONSOLE_USERS_BAD');
    for (const change of [
      { version: 2, users: TWO },
      { version: 1 },
      { version: 1, users: [] },
      { version: 1, users: [user('tom')] },
      { version: 1, users: [...TWO, user('ada')] },
      { version: 1, users: [...TWO, { ...user('eve'), role: 'root' }] },
      { version: 1, users: [...TWO, { ...user('eve'), password: { ...PASSWORD, cost: 2 ** 30 } }] },
      { version: 1, users: [...TWO, { ...user('eve'), password: { ...PASSWORD, cost: 1000 } }] },
      { version: 1, users: [...TWO, { ...user('eve'), password: { ...PASSWORD, salt: '' } }] },
      { version: 1, users: [...TWO, { ...user('eve'), password: { ...PASSWORD, hash: '' } }] },
    ])
      assertFault(readUsers(JSON.stringify(change)), 'CONSOLE_USERS_BAD');
  });

  test('no sequence of changes leaves a console without an administrator', () => {
    const name = fc.constantFrom('ada', 'tom', 'eve');
    const role = fc.constantFrom('viewer', 'technician', 'administrator');
    const change = fc.oneof(
      fc.tuple(name, role).map(
        ([one, as]) =>
          (users: ConsoleUsers) =>
            withUser(users, user(one, as)),
      ),
      fc.tuple(name, role).map(
        ([one, as]) =>
          (users: ConsoleUsers) =>
            withRole(users, one, as),
      ),
      name.map((one) => (users: ConsoleUsers) => withoutUser(users, one)),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        let users = TWO;
        for (const one of changes) {
          const changed = one(users);
          if (changed.ok) users = changed.value;
        }
        assert.deepEqual(assertOk(readUsers(usersText(users))), users);
      }),
    );
  });
});
