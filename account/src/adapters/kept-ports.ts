import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reader, toUtf8 } from '@ewon-agent/contracts';
import { writeFileDurably } from './secret-file.ts';

/** Ports that cards and linked Ewons know; 0 while none was chosen. */
export type KeptPorts = { readonly device: number; readonly broker: number };

const PORTS_FILE = 'ports.json';
const port = { type: 'integer', minimum: 0, maximum: 65_535 };
const readPorts = reader<KeptPorts>({
  type: 'object',
  properties: { device: port, broker: port },
  required: ['device', 'broker'],
});

/**
 * Reads the ports that were used last. A free port is chosen once: at another one the next time, every linked Ewon
 * would look for its account where nobody is, and an address is renewed by a person with a card only.
 * @throws when the file is there but is not ours
 */
export function readKeptPorts(stateDir: string): KeptPorts {
  const path = join(stateDir, PORTS_FILE);
  if (!existsSync(path)) return { device: 0, broker: 0 };
  const read = readPorts(JSON.parse(readFileSync(path, 'utf8')));
  if (!read.ok) throw new Error(`${path}: ${read.fault.detail}`);
  return read.value;
}

/** Remembers the ports in use. */
export function keepPorts(stateDir: string, ports: KeptPorts): void {
  writeFileDurably(join(stateDir, PORTS_FILE), toUtf8(JSON.stringify(ports)));
}
