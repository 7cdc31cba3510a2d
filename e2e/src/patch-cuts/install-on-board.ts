import { writeFileSync } from 'node:fs';
import { createFirmwareInstaller, type FirmwareInstallerOptions } from '@ewon-agent/agent/adapters/firmware-installer';
import { firmwareImage } from '@ewon-agent/board-sim/core/ewon/firmware-image';
import type { Patch } from '@ewon-agent/contracts';

/** What the program is given on the board, as base64 of JSON. */
export type InstallOnBoard = {
  readonly options: Omit<FirmwareInstallerOptions, 'passwordFile'>;
  /** A directory for what it is given. */
  readonly work: string;
  readonly password: string;
  readonly patch: Patch;
  /** Product and size of the image; the version is that of the patch. */
  readonly image: { readonly product: string; readonly sizeBytes: number };
};

// A program for the board that installs firmware of the Ewon with the agent's own installer. It prints each step, and what came of it at last.

const [, given = ''] = process.argv.slice(2); // the first is of another program
if (given !== '') {
  const { options, work, password, patch, image }: InstallOnBoard = JSON.parse(Buffer.from(given, 'base64').toString());
  const [file, passwordFile] = [`${work}/firmware`, `${work}/password`];
  writeFileSync(file, firmwareImage({ version: patch.custom.version, ...image }));
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const result = await createFirmwareInstaller({ ...options, passwordFile }).install(patch, file, say);
  say(result.ok ? 'ok' : `${result.fault.code} ${result.fault.detail ?? ''}`);
}
