import { type PatchCustom, toUtf8 } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { mayReplace, mayRunHere, readInstallOrder, readOnlineOrder } from './version-orders.ts';
import { outcomeOf } from './version-outcome.ts';

const HERE = { version: '1.2.0', arch: 'arm64', node: '24.21.0' };
const CUSTOM: PatchCustom = {
  ...{ kind: 'agent', version: '1.3.0', productCodes: ['arm64'], from: [], requires: [], cves: [] },
  ...{ severity: 'high', rebootNeeded: false },
};
const codeOf = (result: ReturnType<typeof mayReplace>) => (result.ok ? 'taken' : result.fault.code);

suite('what root judges a patch by', (test) => {
  const offers: readonly (readonly [why: string, custom: Partial<PatchCustom>, code: string])[] = [
    ['a newer one', {}, 'taken'],
    ['for all products', { productCodes: [] }, 'taken'],
    ['from this version', { from: ['0.x', '1.2.x'] }, 'taken'],
    ['whose requirement is met', { requires: ['1.0.0', '1.2.0'] }, 'taken'],
    ['of another kind', { kind: 'ewon-firmware' }, 'PATCH_NOT_SUPPORTED'],
    ['for another architecture', { productCodes: ['amd64'] }, 'PATCH_WRONG_PRODUCT'],
    ['the same', { version: '1.2.0' }, 'PATCH_NOT_NEWER'],
    ['an older one', { version: '1.1.9' }, 'PATCH_NOT_NEWER'],
    ['one that cannot be read', { version: 'x' }, 'PATCH_NOT_NEWER'],
    ['from others', { from: ['1.1.x'] }, 'PATCH_NOT_FROM_HERE'],
    ['whose requirement is not met', { requires: ['1.2.1'] }, 'PATCH_NOT_FROM_HERE'],
    ['whose requirement cannot be read', { requires: ['x'] }, 'PATCH_NOT_FROM_HERE'],
  ];
  for (const [why, custom, code] of offers)
    test(`${why}: ${code}`, () => assert.equal(codeOf(mayReplace(HERE, { ...CUSTOM, ...custom })), code));

  test('what the files say of themselves must be what was signed, for here, and for the Node that is here', () => {
    const about = { version: '1.3.0', arch: 'arm64', node: '24.0.0' };
    assert.equal(codeOf(mayRunHere(HERE, CUSTOM, about)), 'taken');
    assert.equal(codeOf(mayRunHere(HERE, CUSTOM, { ...about, node: '24.21.0' })), 'taken');
    assert.equal(codeOf(mayRunHere(HERE, CUSTOM, { ...about, node: '24.22.0' })), 'PATCH_NOT_FROM_HERE');
    assert.equal(codeOf(mayRunHere(HERE, CUSTOM, { ...about, node: 'new' })), 'PATCH_NOT_FROM_HERE');
    assert.equal(codeOf(mayRunHere(HERE, CUSTOM, { ...about, version: '1.3.1' })), 'PATCH_ARCHIVE_BAD');
    assert.equal(codeOf(mayRunHere(HERE, CUSTOM, { ...about, arch: 'amd64' })), 'PATCH_WRONG_PRODUCT');
  });

  test('an order names a target and files of a repository, and nothing that is a path', () => {
    const order = { id: 'a'.repeat(32), path: 'x.tar.zst', metadata: { '2.root.json': '{}', 'timestamp.json': '{}' } };
    const read = (value: object) => readInstallOrder(toUtf8(JSON.stringify(value))).ok;
    assert.ok(read(order));
    for (const wrong of [
      { ...order, id: '../x' },
      { ...order, path: '../x' },
      { ...order, path: '/x' },
      { ...order, metadata: { '../root.json': '{}' } },
      { ...order, metadata: { 'x.json': '{}' } },
      { ...order, metadata: { 'root.json': {} } },
      { ...order, metadata: [] },
      {},
      [],
    ])
      assert.ok(!read(wrong), JSON.stringify(wrong));
    assert.ok(readOnlineOrder(toUtf8('{"version":"1.0.0"}')).ok && !readOnlineOrder(toUtf8('{"version":1}')).ok);
  });
});

suite('how an order went', (test) => {
  const order = { id: '1'.repeat(32), version: '1.3.0' };
  const slot = { slot: 'a', version: '1.3.0', sha256: '0'.repeat(64), digest: '0'.repeat(64), id: order.id } as const;
  const trial = { ...slot, triesLeft: 2, resting: false };
  const last = { id: order.id, version: '1.3.0', code: 'PATCH_NOT_BLESSED', detail: 'x' } as const;
  const other = { ...slot, id: '2'.repeat(32) };
  const told = (...args: Parameters<typeof outcomeOf>) => {
    const outcome = outcomeOf(...args);
    return outcome.at === 'ended' ? outcome.fault.code : outcome.at;
  };

  test('is told by the state of root, whoever asks', () => {
    for (const [versions, running, outcome] of [
      [{}, '1.2.0', 'unknown'],
      [{ blessed: other }, '1.2.0', 'unknown'],
      [{ trial: { ...trial, id: other.id } }, '1.2.0', 'unknown'],
      [{ last: { ...last, id: other.id } }, '1.2.0', 'unknown'],
      [{ trial }, '1.3.0', 'running'],
      [{ trial }, '1.2.0', 'waiting'],
      [{ blessed: slot }, '1.3.0', 'blessed'],
      [{ blessed: slot }, '1.2.0', 'PATCH_WRONG_VERSION'],
      [{ blessed: slot }, '2.0.0', 'PATCH_NOT_NEWER'],
      [{ last }, '1.2.0', 'PATCH_NOT_BLESSED'],
    ] as const)
      assert.equal(told(versions, order, running), outcome);
  });
});
