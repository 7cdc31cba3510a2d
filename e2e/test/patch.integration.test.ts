import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { runCommand } from '../src/command.ts';
import { openPatchHouse, type PatchHouse } from '../src/patch/house.ts';

// A security patch from the person who publishes it to the Ewon that runs it, with every part a process of its own. The tests
// tell one story and follow one another.

type Shown = { readonly state: string; readonly reason?: string; readonly firmware?: string };

suite('a security patch', { timeoutMs: 180_000 }, (test) => {
  let house: PatchHouse;
  test.before(async () => {
    house = await openPatchHouse();
  });
  test.after(() => house.close());
  const shown = async (): Promise<Shown> => {
    const [one] = await house.typed<readonly { readonly patch?: Shown; readonly state?: string }[]>('patch', 'show');
    return (one?.patch ?? one) as Shown;
  };
  const patched = (words: readonly string[]) =>
    runCommand('ewon-agent', ['patch', ...words, '--config', house.onBoard.configFile]);

  test('before the account has a repository there is nothing to do, and it says so', async () => {
    const { status, stdout } = await patched(['status']);
    assert.match(stdout, /^Patches {6}nothing to do\n/);
    assert.equal(status, 0);
    assert.match((await patched(['download'])).stderr, /^TUF_NO_ROOT/);
  });

  test('published for a 14.6s0 as two steps, it is brought and installed step by step, and the account knows', async () => {
    await house.addFirmware('15.0s2', '--from', '14.x', '--cve', 'CVE-2024-33895');
    await house.addFirmware('15.0s4', '--from', '15.0.x', '--requires', '15.0s2');
    await house.publish();
    await house.look();
    await house.statusUntil(({ firmware, state }) => firmware === '15.0s4' && state === 'installed', 'patched');
    assert.equal(house.ewon.state().device.firmware, '15.0s4');
    await eventually(async () => (await shown()).state === 'installed', {
      what: 'an account that knows',
      timeoutMs: 60_000,
    });
    assert.equal((await shown()).firmware, '15.0s4');
    const { status, stdout } = await patched(['status']);
    assert.equal(status, 0);
    assert.match(stdout, /^Patches {6}installed\n/);
  });

  test('one that is held waits until the account lets it through', async () => {
    const name = await house.addFirmware('15.0s5', '--from', '15.0.x');
    await house.policy('--held', name);
    await house.publish();
    await house.look();
    await house.statusUntil(({ reason }) => reason === 'PATCH_HELD', 'held');
    const [ewon] = await house.account.api.ewons();
    await house.typed('command', 'send', 'patch', `path=${name}`, '--to', ewon?.name ?? '');
    await house.statusUntil(({ firmware }) => firmware === '15.0s5', 'patched');
  });

  test('one that is denied is not installed, and status says why', async () => {
    const name = await house.addFirmware('15.0s6', '--from', '15.0.x');
    await house.policy('--deny', name);
    await house.publish();
    await house.look();
    const status = await house.statusUntil(({ offered }) => offered.some(({ path }) => path === name), 'offered');
    assert.equal(status.offered.find(({ path }) => path === name)?.reason, 'PATCH_DENIED');
    assert.equal(house.ewon.state().device.firmware, '15.0s5');
  });

  test('one that a person has to confirm waits for that', async () => {
    await house.policy('--deny', '', '--confirm', 'on');
    await house.look();
    await house.statusUntil(({ reason }) => reason === 'PATCH_UNCONFIRMED', 'waiting for a person');
    const waiting = await patched(['status', '--json']);
    assert.equal(waiting.status, 20);
    assert.match((await patched(['confirm'])).stdout, /^Confirmed/);
    await house.statusUntil(({ firmware }) => firmware === '15.0s6', 'patched');
    assert.match((await patched(['confirm'])).stderr, /^PATCH_NONE_WAITING/);
  });

  test('with a file at the board that switches remote management off, nothing is asked for', async () => {
    const off = join(house.dir, 'board', 'remote-management.off');
    writeFileSync(off, '');
    await house.addFirmware('15.0s7', '--from', '15.0.x');
    await house.publish();
    const status = await house.statusUntil(({ reason }) => reason === 'PATCH_OFF', 'off');
    assert.equal(status.detail, 'board');
    const off1 = await patched(['status']);
    assert.equal(off1.status, 23);
    assert.match(off1.stdout, /^Patches {6}off: there is a file remote-management.off at the board\n/);
    assert.match((await patched(['download'])).stderr, /^PATCH_OFF/);
    rmSync(off);
    await house.statusUntil(({ remoteManagement }) => remoteManagement.on, 'on again');
    await house.look();
    await house.statusUntil(({ reason }) => reason === 'PATCH_UNCONFIRMED', 'waiting for a person');
  });
});
