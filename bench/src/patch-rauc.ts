import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { createTestCa } from '@ewon-agent/agent/testing/test-pki';
import { flushed } from './patch-floor.ts';

const run = promisify(execFile);
const IMAGE = 'rootfs.img';

/** The peer: RAUC as Debian has it, with a bundle that holds the same file. */
export type Rauc = {
  /** `rauc install` into the slot that does not run, by the service of RAUC. @returns milliseconds */
  installMs(): Promise<number>;
  /** `rauc extract`, and what it leaves to the disk's leisure flushed. @returns milliseconds */
  extractMs(): Promise<number>;
  close(): Promise<void>;
};

/** Tells why `rauc install` cannot be measured here, or nothing when it can. */
export function whyNoInstall(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root mounts a bundle';
  if (!existsSync('/dev/loop-control')) return 'the kernel offers no loop device';
  return /\bsquashfs$/m.test(readFileSync('/proc/filesystems', 'utf8')) ? undefined : 'the kernel knows no squashfs';
}

/** Signs a file into a bundle and makes ready to install it, on a message bus that nothing else is on. */
export async function openRauc(dir: string, file: Buffer): Promise<Rauc> {
  const [key, cert, keyring, bundle] = ['key.pem', 'cert.pem', 'ca.pem', 'bundle.raucb'].map(inside(dir)) as Four;
  const [content, out, slot] = ['content', 'out', 'slot-b.img'].map(inside(dir)) as Three;
  const manifest = `[update]\ncompatible=bench\nversion=1\n\n[image.rootfs]\nfilename=${IMAGE}\n`;
  mkdirSync(content, { recursive: true });
  writeFileSync(join(content, IMAGE), file);
  writeFileSync(join(content, 'manifest.raucm'), manifest);
  const ca = await createTestCa();
  const { certificate, privateKey } = await ca.issue('none');
  writeFileSync(key, privateKey, { mode: 0o600 });
  writeFileSync(cert, certificate);
  writeFileSync(keyring, ca.pem);
  const signing = [`--cert=${cert}`, `--key=${key}`, `--keyring=${keyring}`];
  await run('rauc', ['bundle', ...signing, '--mksquashfs-args=-noD', content, bundle]); // no use in trying to compress it
  const bus = await startBus(dir, keyring, slot);
  return {
    async installMs() {
      writeFileSync(slot, Buffer.alloc(file.length), { flush: true }); // as a partition: it has its room already
      const ms = await timed(() => run('rauc', ['install', bundle], { env: bus.env }));
      if (!readFileSync(slot).equals(file)) throw new Error('rauc install has written something else');
      return ms;
    },
    async extractMs() {
      rmSync(out, { recursive: true, force: true });
      const ms = await timed(async () => {
        await run('rauc', [`--keyring=${keyring}`, 'extract', bundle, out]);
        for (const path of [join(out, IMAGE), out, dir]) await flushed(path);
      });
      if (!readFileSync(join(out, IMAGE)).equals(file)) throw new Error('rauc extract has written something else');
      return ms;
    },
    close: bus.stop,
  };
}

type Three = [string, string, string];
type Four = [...Three, string];

function inside(dir: string): (name: string) => string {
  return (name) => join(dir, name);
}

/** A message bus that starts the service of RAUC when it is asked for the first time; the service ends with its bus. */
async function startBus(dir: string, keyring: string, slot: string) {
  writeFileSync(join(dir, 'slot-a.img'), '');
  writeFileSync(
    join(dir, 'system.conf'),
    `[system]
compatible=bench
bootloader=noop
mountprefix=${dir}/mounts
statusfile=${dir}/status

[keyring]
path=${keyring}

[slot.rootfs.0]
device=${dir}/slot-a.img
type=raw
bootname=A

[slot.rootfs.1]
device=${slot}
type=raw
bootname=B
`,
  );
  const service = `/usr/bin/rauc --conf=${dir}/system.conf --override-boot-slot=A service`;
  writeFileSync(join(dir, 'rauc.service'), `[D-BUS Service]\nName=de.pengutronix.rauc\nExec=${service}\n`);
  writeFileSync(
    join(dir, 'bus.conf'),
    `<busconfig>
  <type>session</type>
  <listen>unix:path=${dir}/bus</listen>
  <servicedir>${dir}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`,
  );
  const args = [`--config-file=${dir}/bus.conf`, '--nofork', '--nopidfile', '--print-address'];
  const said: string[] = [];
  const daemon = spawn('dbus-daemon', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => void said.push(text));
  const ended = once(daemon, 'close'); // of the service as well: it has the same stderr
  const line = once(createInterface({ input: daemon.stdout }), 'line');
  const [address] = await Promise.race([
    line,
    ended.then(() => Promise.reject(new Error(`the message bus has ended: ${said.join('')}`))),
  ]);
  return {
    env: { ...process.env, DBUS_STARTER_BUS_TYPE: 'session', DBUS_SESSION_BUS_ADDRESS: String(address) },
    async stop() {
      daemon.kill('SIGTERM');
      await ended;
    },
  };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await act();
  return performance.now() - beganMs;
}
