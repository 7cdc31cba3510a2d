import { spawn } from 'node:child_process';

/** What is kept of what a tool said, for the error. */
const SAID_MAX_CHARACTERS = 4000;

/** Runs a program to its end. @returns its stdout; rejects with what it said when it fails or is not there */
export function runTool(program: string, args: readonly string[], input?: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-SAID_MAX_CHARACTERS);
    });
    child.stdin.on('error', () => {}); // it has ended without reading all; its exit status says why
    child.on('error', (error) => reject(new Error(`${program} cannot be started: ${error.message}`, { cause: error })));
    child.on('close', (status, signal) => {
      if (status === 0) return resolve(Buffer.concat(out));
      reject(new Error(`${[program, ...args].join(' ')} ended with ${signal ?? status}: ${said.trim()}`));
    });
    child.stdin.end(input);
  });
}
