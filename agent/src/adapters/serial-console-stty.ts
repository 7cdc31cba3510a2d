import { execFile } from 'node:child_process';
import { type Millis, SECOND_MS } from '@ewon-agent/contracts';

// What is changed of a terminal that is open. The package that opens it has no call for that; opening it a second time throws away what was not sent.

/** `stty` waits until all was sent, and a terminal that was stopped sends nothing: then the setting has to do without. */
const STTY_MS: Millis = 3 * SECOND_MS;

/** Sets a terminal by the program `stty`, after what was written to it. @returns why it could not be set, if so */
export function setTty(path: string, settings: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('stty', ['-F', path, ...settings], { timeout: STTY_MS, killSignal: 'SIGKILL' }, (error, _, told) =>
      resolve(error ? told.trim() || error.message : undefined),
    );
  });
}
