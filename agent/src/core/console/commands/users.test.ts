import { assert, suite } from '@ewon-agent/contracts/testing';
import { ROLES, type Role } from '../tree.ts';
import { helpFor, parseLine } from '../words.ts';

const as = (role: Role, mode: 'user' | 'privileged' = 'privileged') => ({ mode, role });
const CHANGES = [
  ['user add bob role viewer', ['bob', 'viewer'], ['New password', 'Again']],
  ['user password of bob', ['bob'], ['New password', 'Again']],
  ['user role bob technician', ['bob', 'technician'], []],
  ['user remove bob', ['bob'], []],
] as const;

suite('commands for the users of a console', (test) => {
  for (const [line, given, labels] of CHANGES) {
    test(`${line}: an administrator's, in privileged mode`, () => {
      const parsed = parseLine(line, as('administrator'));
      assert.ok(parsed.at === 'run' && parsed.run.do === 'ask', JSON.stringify(parsed));
      const prompts = parsed.run.prompts ?? [];
      assert.deepEqual([parsed.given, prompts.map(({ label }) => label)], [given, labels]);
      assert.ok(prompts.every(({ isSecret }) => isSecret));
      for (const role of ['viewer', 'technician'] as const) assert.equal(parseLine(line, as(role)).at, 'wrong');
      assert.equal(parseLine(line, as('administrator', 'user')).at, 'wrong');
    });
  }

  test('everybody may change his own password, which asks for the old one', () => {
    for (const role of ROLES) {
      const parsed = parseLine('user password', as(role, 'user'));
      assert.ok(parsed.at === 'run' && parsed.run.do === 'ask');
      assert.deepEqual(
        parsed.run.prompts?.map(({ label }) => label),
        ['Old password', 'New password', 'Again'],
      );
    }
    assert.deepEqual(
      helpFor('user ', as('viewer')).map((row) => row.trim().split(' ')[0]),
      ['password'],
    );
  });

  test('only an administrator sees users and audit', () => {
    for (const line of ['show users', 'show audit']) {
      assert.equal(parseLine(line, as('administrator', 'user')).at, 'run');
      assert.equal(parseLine(line, as('technician')).at, 'wrong');
    }
  });

  test('what is no name and no role is wrong where it stands', () => {
    for (const [line, column] of [
      ['user add Bob role viewer', 9],
      [`user add ${'b'.repeat(33)} role viewer`, 9],
      ['user add bob role admin', 18],
      ['user remove a/b', 12],
    ] as const)
      assert.deepEqual(parseLine(line, as('administrator')), { at: 'wrong', why: 'invalid', column }, line);
  });
});
