// test-timeout: 400 s
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type DebianRoot, unpackDebian } from '../testing/debian-root.ts';
import { HERE, sampleDeb } from '../testing/sample-debs.ts';
import { buildPatch } from './build-patch.ts';

const SIGN = join(import.meta.dirname, '../../agent/src/testing/sign-patch.ts');

// The package in a real Debian: a chroot, so neither systemd nor udev runs, as when an image for a board is built.

/**
 * Starts the installed agent as its service does, and goes on when it listens. It is not asked before: a command that
 * finds no agent opens the state itself, and an agent that starts in that moment is kept out.
 */
const START = `cd /var/lib/ewon-agent; rm -f control.sock; ewon-agent run & agent=$!
  until [ -S control.sock ]; do kill -0 $agent; sleep 0.1; done`;

suite('the package in a Debian', { timeoutMs: 300_000, needs: ['mmdebstrap', 'dpkg-deb'] }, (test) => {
  let debian: DebianRoot;
  let first = '';
  let second = '';
  let fingerprint = '';
  test.before(async () => {
    debian = unpackDebian();
    first = debian.put(await sampleDeb(HERE, 'install', '1.0.0'));
    second = debian.put(await sampleDeb(HERE, 'install', '1.0.1'));
  });
  test.after(() => debian.remove());

  /** Runs commands that must succeed; answers what they print. */
  async function succeeds(script: string): Promise<string> {
    const { status, output } = await debian.run(script);
    assert.equal(status, 0, output);
    return output;
  }
  const keyOf = (output: string) => /^Key +(\S+)$/m.exec(output)?.[1];

  test('installs where no systemd runs, with a user that is in no group but its own and that of the slots', async () => {
    const output = await succeeds(`dpkg -i ${first}`);
    assert.match(output, /config\.json/); // says what is to be set
    assert.match(await succeeds('id ewon-agent'), /groups=\d+\(ewon-agent\),\d+\(ewon-slots\)$/m);
    assert.match(await succeeds('getent passwd ewon-agent'), /:\/var\/lib\/ewon-agent:\/usr\/sbin\/nologin$/m);
    assert.equal(await succeeds("stat -c '%U %G %a' /var/lib/ewon-agent"), 'ewon-agent ewon-agent 700\n');
    assert.match(await succeeds('ls /etc/systemd/system/multi-user.target.wants'), /^ewon-agent\.service$/m);
  });

  test('runs with its own Node, and says its version', async () => {
    assert.equal(await succeeds('! command -v node; ewon-agent --version'), '1.0.0\n');
  });

  test('starts on the configuration that it brings, as its own user also when root starts it', async () => {
    const output = await succeeds(`${START}; ewon-agent status`);
    assert.match(output, /^Registration +unregistered$/m);
    fingerprint = keyOf(output) ?? '';
    assert.match(fingerprint, /^([0-9a-f]{4}-){3}[0-9a-f]{4}$/);
    const owned = await succeeds("cd /var/lib/ewon-agent; stat -c '%U %a %n' device-key.json state.db");
    assert.equal(owned, 'ewon-agent 600 device-key.json\newon-agent 600 state.db\n');
  });

  test('another user is not told that the agent does not run, but that it is not for him', async () => {
    const { output } = await debian.run(
      `${START}; setpriv --reuid=65534 --regid=65534 --clear-groups ewon-agent status`,
    );
    assert.match(output, /^AGENT_NOT_YOURS: .* as root/m);
  });

  test('an upgrade keeps the identity and a configuration that was changed', async () => {
    await succeeds(`sed -i 's/"adm"/"reader"/' /etc/ewon-agent/config.json; dpkg -i ${second}`);
    assert.match(await succeeds('cat /etc/ewon-agent/config.json'), /"reader"/);
    const output = await succeeds(`${START}; ewon-agent status`);
    assert.equal(keyOf(output), fingerprint);
    assert.match(output, /running, start 3$/m);
  });

  test('a service that a person disabled stays disabled after an upgrade', async () => {
    await succeeds('rm /etc/systemd/system/multi-user.target.wants/ewon-agent.service'); // what "systemctl disable" does
    await succeeds(`dpkg -i ${first}`);
    assert.equal(await succeeds('ls /etc/systemd/system/multi-user.target.wants || true; echo end'), 'end\n');
  });

  /** As ewon-agent-switch.service and ewon-agent-version.service run it: root, in the agent's group, without a capability. */
  const asUnit = 'setpriv --regid=ewon-agent --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs';
  /** The directories that systemd makes for both. */
  const MADE = 'install -d -m 0755 -g ewon-agent /var/lib/ewon-agent-versions /run/ewon-agent-versions';
  const asAgent = 'setpriv --reuid=ewon-agent --regid=ewon-agent --clear-groups --no-new-privs';
  const ORDERS = '/run/ewon-agent-versions/orders';
  /** What runs, as the kernel knows it. */
  const code = `tr '\\0' ' ' </proc/$agent/cmdline`;

  test('a patch that is ordered is run after root has verified it, by a root without any capability', async () => {
    await succeeds(`${MADE}; ${asUnit} /usr/lib/ewon-agent/choose-version`);
    assert.equal(await succeeds(`stat -c '%U %G %a' ${ORDERS}`), 'root ewon-agent 770\n');
    assert.match(await succeeds(`${START}; ${code}`), / \/usr\/lib\/ewon-agent\/main\.mjs run/);

    const dir = mkdtempSync(join(tmpdir(), 'patch-'));
    const patch = await buildPatch({ arch: HERE, version: '1.0.1', outdir: dir, epochS: 1_780_000_000 });
    execFileSync(process.execPath, [SIGN, patch, '1.0.1', HERE, dir]);
    const [target, root, order] = [patch, join(dir, 'aspu-root.json'), join(dir, 'install')].map((file) =>
      debian.put(file),
    );
    rmSync(dir, { recursive: true });
    await succeeds(`install -m 0644 ${root} /etc/ewon-agent/aspu-root.json; chmod 0644 ${target} ${order}`);
    await succeeds(
      `${asAgent} sh -c 'umask 037; cp ${target} ${ORDERS}/target; cp ${order} ${ORDERS}/install'; rm ${target}`,
    );
    const said = await succeeds(`${asUnit} /usr/lib/ewon-agent/node /usr/lib/ewon-agent/switch/main.mjs orders`);
    assert.equal(said, 'is tried: 1.0.1\n');
    assert.equal(await succeeds(`ls -A ${ORDERS}`), '');

    await succeeds(`${asUnit} /usr/lib/ewon-agent/choose-version`);
    assert.match(await succeeds(`${START}; ${code}`), / \/var\/lib\/ewon-agent-versions\/a\/main\.mjs run/);
    assert.equal(await succeeds('ewon-agent --version'), '1.0.1\n');
  });

  test("the agent's user can write nothing that is run, by itself or by root", async () => {
    const places = '/usr /etc /var/lib/ewon-agent-versions /run/ewon-agent-versions';
    // what it may write, of all that is somewhere in there
    const writable = `${asAgent} find ${places} ! -type l -writable -print`;
    assert.equal(await succeeds(writable), `${ORDERS}\n`);
    const others = 'find /usr/lib/ewon-agent /usr/bin/ewon-agent /var/lib/ewon-agent-versions ! -user root -print';
    assert.equal(await succeeds(others), '');
  });

  test('a package that is as new takes the place of the patch', async () => {
    await succeeds(`dpkg -i ${second}; ${asUnit} /usr/lib/ewon-agent/choose-version`);
    assert.match(await succeeds(`${START}; ${code}`), / \/usr\/lib\/ewon-agent\/main\.mjs run/);
    assert.equal(await succeeds('ls /var/lib/ewon-agent-versions'), 'state.json\ntuf.json\n');
  });

  test('removed, it leaves the identity and the configuration, and takes them up when it comes back', async () => {
    await succeeds('dpkg --remove ewon-agent');
    await succeeds('[ ! -e /usr/bin/ewon-agent ] && [ ! -e /usr/lib/ewon-agent ]');
    await succeeds('[ -e /var/lib/ewon-agent/device-key.json ] && grep reader /etc/ewon-agent/config.json');
    await succeeds(`dpkg -i ${second}`);
    assert.equal(keyOf(await succeeds(`${START}; ewon-agent status`)), fingerprint);
  });

  test('purged, it leaves nothing: no state, no configuration, no user, no group', async () => {
    await succeeds('mkdir -p /run/udev/rules.d; echo > /run/udev/rules.d/59-ewon-agent-slots.rules');
    await succeeds('dpkg --purge ewon-agent');
    const left = 'find / -xdev -path /proc -prune -o -name "*ewon*" ! -name "*.deb" -print';
    assert.equal(await succeeds(left), '');
    assert.equal(await succeeds('grep ewon /etc/passwd /etc/group /etc/shadow /etc/gshadow || true'), '');
  });
});
