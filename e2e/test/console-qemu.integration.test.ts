// test-timeout: 900 s
// test-late
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSavedSettings, settingsOf } from '@ewon-agent/agent/core/settings/settings';
import { BOARD_PROGRAMS } from '@ewon-agent/board-sim/qemu/build-image';
import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import { runTool } from '@ewon-agent/board-sim/qemu/run-tool';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { DISK_PROGRAMS, filesOnDisk } from '../src/files-on-disk.ts';
import { configFor } from '../src/scenario/qemu-config.ts';
import { prepareQemuGround } from '../src/scenario/qemu-ground.ts';

// The console of the installed agent on a serial port of a board with a real kernel: a UART, a BREAK, what systemd and udev let the agent
// open, a reboot and a power cut.

/** A step on a board that is slow because this machine has other things to do. */
const STEP_MS = 120_000;
const MIB = 1024 * 1024;
const PASSWORD = 'several words are good';
const CONFIG = JSON.parse(configFor({})['config.json'] ?? '');
const FILES = { 'config.json': JSON.stringify({ ...CONFIG, console: { port: '/dev/ttyS1' } }) };

suite('the console on a board', {
  needs: [...BOARD_PROGRAMS, ...DISK_PROGRAMS, 'dpkg-deb', 'mkfs.vfat'],
  timeoutMs: 900_000,
}, (test) => {
  let board: QemuBoard;
  /** What came is judged from here on. */
  let from = 0;
  const since = () => board.serial.received().slice(from);

  /** Waits for what the console says, and goes on after it. @returns all up to its end */
  async function says(pattern: RegExp): Promise<string> {
    const probe = () => {
      const found = pattern.exec(since());
      return found && { text: since().slice(0, found.index + found[0].length) };
    };
    try {
      const found = await eventually(probe, { what: String(pattern), timeoutMs: STEP_MS });
      from += found?.text.length ?? 0;
      return found?.text ?? '';
    } catch (cause) {
      throw new Error(`never ${pattern}: ${JSON.stringify(since().slice(-600))}`, { cause });
    }
  }
  async function types(text: string, pattern: RegExp): Promise<string> {
    from = board.serial.received().length;
    board.serial.write(text);
    return says(pattern);
  }
  async function breaks(pattern: RegExp): Promise<string> {
    from = board.serial.received().length;
    await board.serial.sendBreak();
    return says(pattern);
  }
  async function logsIn(name: string) {
    await types(`${name}\r`, /Password: $/);
    await types(`${PASSWORD}\r`, /ewon> $/);
  }
  async function said(command: string): Promise<string> {
    const { status, stdout, stderr } = await board.guest.run(command, STEP_MS);
    assert.equal(status, 0, `${command}: ${stderr}`);
    return stdout.trim();
  }
  const users = () => said('ewon-agent console-user');

  test.before(async () => {
    const ground = await prepareQemuGround({ tell: () => {} });
    board = await ground.freshBoard(FILES);
  });
  test.after(() => board?.stop());

  test('the port is opened as the package is installed; whoever puts in a card sets up the first administrator', async () => {
    await says(/Press Enter\.\r\n/);
    await types('\r', /no users yet/);
    const card = join(tmpdir(), `console-card-${process.pid}.img`);
    await writeFile(card, '');
    await truncate(card, 16 * MIB);
    await runTool('mkfs.vfat', [card]);
    await board.slots.sd0.insert(card);
    await says(/Name of the first administrator: $/);
    await types('ada\r', /New password: $/);
    await types(`${PASSWORD}\r`, /Again: $/);
    await types(`${PASSWORD}\r`, /Log in with it now\.[\s\S]*login: $/);
    await logsIn('ada');
    assert.match(await types('show status\r', /ewon> $/), /Agent .*running/);
    await types('exit\r', /Press Enter|login: $/);
  });

  test('only the configured port is given to the agent, and to nobody else', async () => {
    const asAgent = 'setpriv --reuid=ewon-agent --regid=ewon-agent --init-groups';
    assert.equal(await said("stat -c '%U %G %a' /dev/ttyS1"), 'root ewon-agent 660');
    assert.notEqual(
      (await board.guest.run(`${asAgent} head -c 0 </dev/ttyS0; ${asAgent} sh -c ': <>/dev/ttyS0'`)).status,
      0,
    );
    assert.doesNotMatch(await said('id -nG ewon-agent'), /dialout|tty/);
  });

  test('users that root makes in a shell belong to the agent, and log in', async () => {
    await said(`echo '${PASSWORD}' | ewon-agent console-user add tom technician`);
    assert.equal(await users(), `${'ada'.padEnd(32)} administrator\n${'tom'.padEnd(32)} technician`);
    const kept = await said("find /var/lib/ewon-agent -name 'console*' -type f -printf '%f %u %m\\n'");
    const files = kept.split('\n').map((line) => line.split(' '));
    assert.ok(files.some(([name]) => name === 'console-users.json'));
    for (const [name, ...owned] of files) assert.deepEqual(owned, ['ewon-agent', '600'], name);
    await types('\r', /login: $/);
    await logsIn('tom');
  });

  test('BREAK ends a page, gives up what is typed, and answers no question', async () => {
    await types('terminal length 5\r', /ewon> $/);
    await types('show status\r', /--More--/);
    await breaks(/ewon> $/);
    await types('enable\r', /ewon# $/);
    await types('forget', /forget$/);
    await breaks(/ewon# $/);
    await types('\r', /\newon# $/);
    await types('reboot\r', /Type yes to do it: $/);
    await types('yes', /yes$/);
    await breaks(/ewon# $/);
    const text = await types('\r', /\newon# $/);
    assert.doesNotMatch(text, /yes|restart/i);
    assert.match(await said('cat /var/lib/ewon-agent/console-audit.jsonl'), /"detail":"show status"/);
    assert.doesNotMatch(await said('cat /var/lib/ewon-agent/console-audit.jsonl'), /forget/);
  });

  test('"reboot" restarts the board, and the login is there again', async () => {
    const before = board.events.all.length;
    await types('reboot\r', /Type yes to do it: $/);
    from = board.serial.received().length;
    board.serial.write('yes\r');
    await board.events.until('reset', { timeoutMs: STEP_MS, from: before });
    await says(/Press Enter\.\r\n/);
    await types('\r', /login: $/);
    await logsIn('ada');
  });

  test('the power is cut amid a command: nothing was changed', async () => {
    await types('enable\r', /ewon# $/);
    await types('configure\r', /ewon\(config\)# $/);
    await types('set log.level debug\r', /ewon\(config\)# $/);
    await types('exit\r', /ewon# $/);
    await types('user remove tom', /user remove tom$/);
    await board.power.cut();
    // on its disk, because another boot takes longer than all the rest
    const names = ['console-users.json', 'settings.json'];
    const dir = mkdtempSync(join(tmpdir(), 'console-disk-'));
    const there = filesOnDisk(board.disk.path, names, dir);
    const [users = '', settings] = names.map((name) =>
      there.includes(name) ? readFileSync(join(dir, name), 'utf8') : undefined,
    );
    rmSync(dir, { recursive: true });
    assert.match(users, /"tom"[\s\S]*"technician"/);
    assert.deepEqual(settingsOf(assertOk(readSavedSettings(settings))), {});
  });
});
