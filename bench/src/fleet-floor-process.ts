import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createTestCa } from '@ewon-agent/account/testing/test-pki';

/** The floor of a registration, as a process of its own. */
export type Floor = {
  readonly url: string;
  /** PEM that its certificate is trusted by. */
  readonly ca: string;
  readonly pid: number;
  stop(): Promise<void>;
};

/** Starts it with its files in `dir`. */
export async function startFloor(dir: string): Promise<Floor> {
  const ca = await createTestCa('CA of the floor', 'P-256');
  const names = [{ type: 'ip', value: '127.0.0.1' } as const];
  const { certificate, privateKey } = await ca.issue({ commonName: 'floor', usage: 'server', names });
  const [certificateFile, keyFile] = [join(dir, 'floor.crt'), join(dir, 'floor.key')];
  writeFileSync(certificateFile, certificate);
  writeFileSync(keyFile, privateKey, { mode: 0o600 });
  const program = join(import.meta.dirname, 'fleet-floor.ts');
  const child = spawn(process.execPath, [program, certificateFile, keyFile, join(dir, 'floor.db')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    url: `https://127.0.0.1:${port}`,
    ca: ca.pem,
    pid: child.pid ?? 0,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
