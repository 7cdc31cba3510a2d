import { assert, suite } from '@ewon-agent/contracts/testing';
import { PRESENT, patchOf } from '../testing/patch-facts.ts';
import { judgePatch, nextPatch, type PatchWishes } from './patch-choice.ts';

const NO_WISHES: PatchWishes = { denied: [], held: [], released: [], triedOut: [] };
const pivot = patchOf('pivot', { version: '15.0s2', from: ['14.x'] });
const after = patchOf('after', { version: '15.0s4', requires: ['15.0s2'] });
const at = (version: string) => ({ ...PRESENT, 'ewon-firmware': { version, productCode: '21' } });
const choose = (patches: Parameters<typeof judgePatch>[0][], present = PRESENT, wishes = NO_WISHES) =>
  nextPatch(patches.map((patch) => judgePatch(patch, present, wishes)))?.path;

suite('a patch', (test) => {
  for (const [title, patch, present, wishes, why] of [
    ['that is for this Ewon', pivot, PRESENT, {}, undefined],
    ['of a kind that cannot be installed here', pivot, { agent: PRESENT.agent }, {}, 'PATCH_NOT_SUPPORTED'],
    ['of a version that is none', patchOf('x', { version: 'new' }), PRESENT, {}, 'PATCH_NOT_SUPPORTED'],
    ['for another product', patchOf('x', { productCodes: ['24'] }), PRESENT, {}, 'PATCH_WRONG_PRODUCT'],
    ['for all products', patchOf('x', { productCodes: [] }), PRESENT, {}, undefined],
    ['as new as what runs', pivot, at('15.0s2'), {}, 'PATCH_NOT_NEWER'],
    ['older than what runs', pivot, at('15.1s0'), {}, 'PATCH_NOT_NEWER'],
    ['from other versions', patchOf('x', { from: ['13.x', '15.0s0'] }), PRESENT, {}, 'PATCH_NOT_FROM_HERE'],
    ['whose step before is missing', after, PRESENT, {}, 'PATCH_NOT_FROM_HERE'],
    ['whose step before was taken', after, at('15.0s2'), {}, undefined],
    ['whose step before was passed', after, at('15.0s3'), {}, undefined],
    ['that the account denies', pivot, PRESENT, { denied: ['pivot'] }, 'PATCH_DENIED'],
    ['that is held', pivot, PRESENT, { held: ['pivot'] }, 'PATCH_HELD'],
    ['that is held and was let through', pivot, PRESENT, { held: ['pivot'], released: ['pivot'] }, undefined],
    ['that is denied and was let through', pivot, PRESENT, { denied: ['pivot'], released: ['pivot'] }, 'PATCH_DENIED'],
    ['that was tried three times', pivot, PRESENT, { triedOut: [pivot.sha256] }, 'PATCH_TRIED_OUT'],
    ['that is not for here and denied', after, PRESENT, { denied: ['after'] }, 'PATCH_NOT_FROM_HERE'],
  ] as const) {
    test(`${title}: ${why ?? 'may be installed'}`, () => {
      assert.equal(judgePatch(patch, present, { ...NO_WISHES, ...wishes }).why, why);
    });
  }
});

suite('the patch that comes next', (test) => {
  const agent = patchOf('agent', { kind: 'agent', version: '1.1.0', productCodes: ['amd64'] });
  test('is none where none may be installed', () => assert.equal(choose([after]), undefined));
  test('goes step by step: the pivot, then what requires it', () => {
    assert.equal(choose([after, pivot]), 'pivot');
    assert.equal(choose([after, pivot], at('15.0s2')), 'after');
  });
  test('is the newest of one kind', () => {
    const steps = ['14.10s0', '14.7s0', '14.9s9'].map((version) => patchOf(version, { version }));
    assert.equal(choose(steps), '14.10s0');
  });
  test('is the most severe', () => {
    assert.equal(choose([agent, patchOf('worse', { severity: 'critical' })]), 'worse');
  });
  test('is the own one of the agent before that of the Ewon, when they are as severe', () => {
    assert.equal(choose([pivot, agent]), 'agent');
  });
  test('does not hang on the order in which they are offered', () => {
    const twins = [patchOf('b'), patchOf('a')];
    assert.equal(choose(twins), choose(twins.toReversed()));
  });
});
