import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { describePatch, type PatchWords, readPatchName } from './patch-description.ts';

const FLEXY: PatchWords = {
  path: 'er15_0s4p21_ma.edfs',
  kind: 'ewon-firmware',
  severity: 'high',
  requires: ['15.0s2'],
};

suite('description of a patch', (test) => {
  test('names of the vendor and of our package are read, others tell nothing', () => {
    const cases: readonly (readonly [string, object])[] = [
      ['er15_0s4p21_ma.edfs', { kind: 'ewon-firmware', version: '15.0s4', product: '21' }],
      ['er-15-0s2-arm-ma_secure.ebus', { kind: 'ewon-firmware', version: '15.0s2' }],
      ['er14_6s0p24_ma.edf', { kind: 'ewon-firmware', version: '14.6s0', product: '24' }],
      ['ewon-agent_1.4.2_arm64.tar.gz', { kind: 'agent', version: '1.4.2', product: 'arm64' }],
      ['ewon-agent-1.4.2.tar.gz', { kind: 'agent', version: '1.4.2' }],
      ['ewonfwr.edfs', { kind: 'ewon-firmware' }],
      ['patch.bin', {}],
    ];
    for (const [path, is] of cases) assert.deepEqual(readPatchName(path), is, path);
  });

  test('what the name tells need not be told', () => {
    assert.deepEqual(assertOk(describePatch(FLEXY)), {
      ...{ kind: 'ewon-firmware', version: '15.0s4', productCodes: ['21'], from: [], requires: ['15.0s2'] },
      ...{ cves: [], severity: 'high', rebootNeeded: true },
    });
    const agent = {
      path: 'x.tar.gz',
      kind: 'agent',
      severity: 'low',
      version: '1.4.2',
      cve: ['CVE-2024-33895'],
    } as const;
    assert.deepEqual(assertOk(describePatch(agent)), {
      ...{ kind: 'agent', version: '1.4.2', productCodes: [], from: [], requires: [] },
      ...{ cves: ['CVE-2024-33895'], severity: 'low', rebootNeeded: false },
    });
  });

  test('contradictions, and ways that lead nowhere, are refused with all that is wrong', () => {
    const cases: readonly (readonly [Partial<PatchWords>, RegExp])[] = [
      [{ version: '15.0s5' }, /--version 15\.0s5, but .* named like 15\.0s4/],
      [{ product: ['24'] }, /--product 24, but .* named like 21/],
      [{ product: ['21', '24'] }, /named like 21/],
      [{ kind: 'agent' }, /--kind agent, but .* named like ewon-firmware/],
      [{ path: 'patch.bin' }, /--version is missing/],
      [{ path: 'patch.bin', version: 'new' }, /--version new is like/],
      [{ from: ['15.0s4'] }, /--from 15\.0s4 is not older/],
      [{ requires: ['15.0s4'] }, /--requires 15\.0s4 is not older/],
      [{ version: '15.0s5', product: ['24'] }, /15\.0s5.*; .*24/],
    ];
    for (const [words, text] of cases)
      assert.match(assertFault(describePatch({ ...FLEXY, ...words }), 'ASPU_PATCH_BAD').detail, text);
  });

  test('from 14 to beyond 15.0s2 a Flexy goes by 15.0s2; from 15, to 15.0s2, and for a Cosy+ nothing is required', () => {
    const { requires: _, ...bare } = FLEXY;
    for (const from of [[], ['14.x'], ['14.6s0'], ['15.x', '14.9.x']])
      assert.match(assertFault(describePatch({ ...bare, from }), 'ASPU_PATCH_BAD').detail, /by 15\.0s2 only/);
    assertOk(describePatch({ ...bare, from: ['15.x'] }));
    assertOk(describePatch({ ...bare, from: ['14.x'], requires: ['15.0s3'] }));
    assertOk(describePatch({ ...bare, path: 'er-15-0s2-arm-ma_secure.ebus', from: ['14.x'] }));
    assertOk(describePatch({ ...bare, path: 'er22_1s3p11_ma.edfs' }));
    assertOk(describePatch({ ...bare, path: 'ewon-agent_16.0.0_arm64.tar.gz', kind: 'agent' }));
  });
});
