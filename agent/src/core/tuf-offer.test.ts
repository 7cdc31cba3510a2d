import { assert, suite } from '@ewon-agent/contracts/testing';
import { isSamePatch, patchesOf, type SignedTarget, targetPlace } from './tuf-offer.ts';

const sha256 = 'a'.repeat(64);
const custom = {
  ...{ kind: 'agent', version: '1.4.2', productCodes: ['arm64'], from: [], requires: [], cves: [], severity: 'low' },
  rebootNeeded: false,
};
const target = { path: 'agent.tar', length: 10, hashes: { sha256 }, custom };

suite('what a repository offers', (test) => {
  test('targets that are no patch are left out, and hurt nobody', () => {
    const others: SignedTarget[] = [
      { ...target, path: '../agent.tar' },
      { ...target, path: 'a/b.tar' },
      { ...target, path: '.hidden' },
      { ...target, path: '' },
      { ...target, length: 1.5 },
      { ...target, length: 2 ** 60 },
      { ...target, hashes: {} },
      { ...target, hashes: { sha256: 'A'.repeat(64) } },
      { ...target, hashes: { sha512: 'a'.repeat(128) } },
      { ...target, custom: undefined },
      { ...target, custom: {} },
      { ...target, custom: { ...custom, kind: 'toaster' } },
      { ...target, custom: { ...custom, version: 'new' } },
    ];
    assert.deepEqual(patchesOf([...others, target, ...others]), [{ path: 'agent.tar', length: 10, sha256, custom }]);
    assert.equal(patchesOf([{ ...target, custom: { ...custom, later: 1 } }]).length, 1);
  });

  test('a target lies where its name says, with its hash before it in a consistent snapshot', () => {
    assert.equal(targetPlace('a.tar', 'ff', true), 'ff.a.tar');
    assert.equal(targetPlace('x/y/a.tar', 'ff', true), 'x/y/ff.a.tar');
    assert.equal(targetPlace('x/a.tar', 'ff', false), 'x/a.tar');
  });

  test('a patch is the same one by name, length and hash', () => {
    const [patch] = patchesOf([target]);
    if (!patch) assert.fail();
    assert.ok(isSamePatch(patch, { ...patch }));
    for (const other of [{ path: 'b' }, { sha256: 'b'.repeat(64) }, { length: 11 }])
      assert.ok(!isSamePatch(patch, { ...patch, ...other }));
  });
});
