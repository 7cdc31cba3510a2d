import { assert, suite } from '@ewon-agent/contracts/testing';
import type { KnownEwon } from './registration.ts';
import { decideWizard, isMeant, type WizardFacts } from './wizard.ts';

const FREE: WizardFacts = { publicKey: 'key', isPermitted: true, pool: 'north', ewons: [], named: undefined };
const ewon = (facts: Partial<KnownEwon>) =>
  ({ link: 'linked', online: true, publicKey: 'other', ...facts }) as KnownEwon;
const named = (publicKey: string) => ({ deviceId: 'd_1', publicKey }) as unknown as WizardFacts['named'];

/** What is otherwise, and what is decided. */
const ROWS: readonly (readonly [Partial<WizardFacts>, string])[] = [
  [{}, 'approve'],
  [{ isPermitted: false, named: named('other') }, 'NOT_PERMITTED'],
  [{ named: named('other') }, 'NAME_TAKEN'],
  [{ named: named('key') }, 'replace'],
  [{ ewons: [ewon({})] }, 'SERIAL_ACTIVE'],
  [{ ewons: [ewon({ online: false })] }, 'approve'],
  [{ ewons: [ewon({ link: 'unlinked' })] }, 'approve'],
  [{ ewons: [ewon({ publicKey: 'key' })] }, 'approve'],
];

suite('registration by wizard, decided', (test) => {
  for (const [otherwise, wanted] of ROWS)
    test(`${JSON.stringify(otherwise)}: ${wanted}`, () => {
      const decision = decideWizard({ ...FREE, ...otherwise }, 'press-4');
      assert.equal(decision.do === 'refuse' ? decision.fault.code : decision.do, wanted);
    });

  test('an account is meant by its name, however it is spelled, or by its id', () => {
    const account = { accountId: 'a_1', name: 'Société Ä' } as unknown as Parameters<typeof isMeant>[1];
    for (const typed of ['Société Ä', ' société ä ', 'SOCIÉTÉ A\u0308', 'A_1'])
      assert.ok(isMeant(typed, account), typed);
    for (const typed of ['', 'Societe A', 'a_2']) assert.ok(!isMeant(typed, account), typed);
  });
});
