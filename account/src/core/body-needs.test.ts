import { COMMAND_NAMES } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { commandRefusal, policyRefusal } from './body-needs.ts';
import type { Grant } from './permissions.ts';

const grant = (permissions: Grant['permissions'], pools: Grant['pools'] = 'all'): Grant => ({ permissions, pools });

suite('what a body needs', (test) => {
  for (const [change, patches, privacy] of [
    [{}, true, true],
    [{ geolocation: false }, false, true],
    [{ remoteManagement: true }, false, true],
    [{ window: null }, true, false],
    [{ denied: [] }, true, false],
    [{ held: [] }, true, false],
    [{ confirm: true }, true, false],
    [{ geolocation: true, denied: ['p'] }, false, false],
  ] as const)
    test(`a policy of ${JSON.stringify(change)}`, () => {
      const isTaken = (...grants: Grant[]) => policyRefusal(grants, change) === undefined;
      assert.deepEqual([isTaken(grant(['patches'])), isTaken(grant(['privacy']))], [patches, privacy]);
      assert.ok(isTaken(grant(['patches']), grant(['privacy'])));
    });

  test('the member that is refused is named', () => {
    const refusal = policyRefusal([grant(['privacy'])], { geolocation: true, denied: [] });
    assert.deepEqual(refusal, { code: 'NOT_PERMITTED', detail: 'denied needs patches' });
  });

  test('forget needs what removing needs, in the pool of the Ewon; no other command needs more than commands', () => {
    for (const name of [...COMMAND_NAMES, 'toString', 'of-a-later-agent']) {
      const refusal = commandRefusal([grant(['commands'])], name, 'North');
      assert.equal(refusal?.code, name === 'forget' ? 'NOT_PERMITTED' : undefined, name);
    }
    const grants = [grant(['commands']), grant(['ewons.forget'], ['North'])];
    assert.equal(commandRefusal(grants, 'forget', 'North'), undefined);
    assert.equal(commandRefusal(grants, 'forget', 'South')?.detail, 'the command forget needs ewons.forget');
  });
});
