import { bareHost, type EwonIdentity, err, type Millis, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import { createEwonFtp, type EwonFiles } from '../adapters/ewon-ftp.ts';
import { STATUS_MAX_BYTES } from '../adapters/ewon-http.ts';
import { createEwonWeb, type EwonWeb } from '../adapters/ewon-web.ts';
import { parseAddress } from '../core/address.ts';
import { ESTAT_DESCRIPTOR, identityFrom, parseEstat } from '../core/estat.ts';
import { TEXT_MAX_BYTES } from '../core/text-file.ts';
import { blockPath } from '../core/web-requests.ts';
import type { Io } from './io.ts';

/** What every command that asks an Ewon is told, as commander gives it. */
export type EwonOptions = {
  readonly user: string;
  readonly passwordFile?: string;
  readonly ftpPort: string;
  readonly timeout: string;
};
/** An Ewon as a command asks it. `stepMs` is for each step in which nothing moves. */
export type Ewon = { readonly web: EwonWeb; readonly files: EwonFiles; readonly stepMs: Millis };
export type Known = {
  readonly identity: EwonIdentity;
  readonly estat: ReadonlyMap<string, string>;
  readonly bytes: Uint8Array;
};

/** Makes ready to ask; nothing is sent yet. Codes: USAGE. */
export function ewonAt(io: Io, host: string, options: EwonOptions): Result<Ewon> {
  const address = parseAddress(host);
  if (!address.ok) return address;
  const seconds = wholeIn(options.timeout, 1, 600);
  const port = wholeIn(options.ftpPort, 1, 65_535);
  if (seconds === undefined) return err('USAGE', '--timeout takes 1 to 600 seconds');
  if (port === undefined) return err('USAGE', '--ftp-port takes 1 to 65535');
  const password = options.passwordFile ? { file: options.passwordFile } : { given: io.env['EWON_PASSWORD'] ?? '' };
  const { user } = options;
  const stepMs = seconds * SECOND_MS;
  const bare = bareHost(address.value.host);
  return ok({
    web: createEwonWeb({ url: `http://${address.value.host}:${address.value.httpPort}`, user, password }),
    files: createEwonFtp({ host: bare, port, user, password, stepMs }),
    stepMs,
  });
}

/** Asks who it is: nothing is written to what is not an Ewon. Codes: those of EwonWeb, EWON_NOT_ONE. */
export async function whoIsThere(ewon: Ewon): Promise<Result<Known>> {
  const bytes = await askBlock(ewon, ESTAT_DESCRIPTOR, STATUS_MAX_BYTES);
  if (!bytes.ok) return bytes;
  const estat = parseEstat(Buffer.from(bytes.value).toString('latin1'));
  const identity = identityFrom(estat);
  if (!identity.ok) return err('EWON_NOT_ONE', identity.fault.detail);
  return ok({ identity: identity.value, estat, bytes: bytes.value });
}

/** Asks for an export block. Codes: those of EwonWeb. */
export function askBlock({ web, stepMs }: Ewon, descriptor: string, maxBytes: number): Promise<Result<Uint8Array>> {
  return web.ask({ path: blockPath(descriptor), maxBytes, timeoutMs: stepMs });
}

/** Reads a text file of settings. Codes: those of EwonFiles. */
export function readSettings({ files, stepMs }: Ewon, name: 'comcfg.txt' | 'config.txt'): Promise<Result<Uint8Array>> {
  return files.read(name, { maxBytes: TEXT_MAX_BYTES, wholeMs: settingsMs(stepMs) });
}

/** How long a text file of settings may take: each step has its limit, and 2 MiB at 100 KiB/s take twenty seconds. */
export function settingsMs(stepMs: Millis): Millis {
  return 4 * stepMs + 20 * SECOND_MS;
}

function wholeIn(text: string, from: number, to: number): number | undefined {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return number >= from && number <= to ? number : undefined;
}
