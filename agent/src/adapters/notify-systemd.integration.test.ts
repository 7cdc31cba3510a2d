import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { serviceManager } from './notify-systemd.ts';

const PID = 4711;
const PATH = process.env['PATH'];

/** Takes notices as systemd does: a descriptor that comes with one is closed, which is what systemd-notify waits for. */
const LISTEN = `use Socket; $| = 1; socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!;
  bind($s, sockaddr_un($ARGV[0])) or die $!;
  while (defined recv($s, my $notice, 4096, 0)) { print "$notice\\n" }`;

suite('notices to systemd', { needs: ['systemd-notify', 'perl'] }, (test) => {
  let dir = '';
  let listener: ChildProcess;
  let heard = '';
  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'notify-'));
    listener = spawn('perl', ['-e', LISTEN, join(dir, 'notify')]);
    listener.stdout?.on('data', (chunk) => {
      heard += chunk;
    });
    await eventually(() => existsSync(join(dir, 'notify')), { what: 'a socket' });
  });
  test.after(() => {
    listener.kill();
    rmSync(dir, { recursive: true });
  });

  test('arrive at the socket that systemd named, together', async () => {
    const manager = serviceManager({ PATH, NOTIFY_SOCKET: join(dir, 'notify') }, PID);
    assertOk(await manager.notify(['READY=1', 'STATUS=registration unregistered, uplink idle']));
    await eventually(() => heard.includes('READY=1\nSTATUS=registration unregistered, uplink idle'), {
      what: 'notice',
    });
  });

  test('that nobody takes are told as a fault, not thrown', async () => {
    const deaf = serviceManager({ PATH, NOTIFY_SOCKET: join(dir, 'nobody') }, PID);
    assertFault(await deaf.notify(['READY=1']), 'SERVICE_UNHEARD');
    const bare = serviceManager({ PATH: dir, NOTIFY_SOCKET: join(dir, 'notify') }, PID);
    assertFault(await bare.notify(['READY=1']), 'SERVICE_UNHEARD');
  });
});

suite('service manager', (test) => {
  test('that is not there is told nothing and does not watch', async () => {
    const manager = serviceManager({ WATCHDOG_USEC: '30000000' }, PID);
    assertOk(await manager.notify(['READY=1']));
    assert.equal(manager.watchdogMs, undefined);
  });

  test('watches this process only, for a time that is a number', () => {
    const watchdogOf = (environment: Readonly<Record<string, string>>) =>
      serviceManager({ NOTIFY_SOCKET: '/x', ...environment }, PID).watchdogMs;
    assert.equal(watchdogOf({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '4711' }), 30_000);
    assert.equal(watchdogOf({ WATCHDOG_USEC: '30000000' }), 30_000);
    assert.equal(watchdogOf({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }), undefined);
    assert.equal(watchdogOf({ WATCHDOG_USEC: '0' }), undefined);
    assert.equal(watchdogOf({ WATCHDOG_USEC: 'x' }), undefined);
    assert.equal(watchdogOf({}), undefined);
  });
});
