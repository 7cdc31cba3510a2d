import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type Code, err, jsonReader, ok, type Result } from '@ewon-agent/contracts';
import { looksLikeUrl, parseAdminUrl } from '../core/admin-url.ts';
import { errnoOf } from '../volume/errno.ts';
import { readFileAtMost } from './read-at-most.ts';

/** Where the admin API of an account server is, and what opens it. */
export type AccountDoor = {
  /** `https://HOST`, `http://127.0.0.1:PORT` */
  readonly adminUrl: string;
  /** PEM: trusted beside the CAs of the system. */
  readonly ca?: string;
  /** A secret. */
  readonly token: string;
  /** What it means when nobody answers there. */
  readonly whenAway: Extract<Code, 'ADMIN_UNREACHABLE' | 'ACCOUNT_NOT_RUNNING'>;
};

/** Both files are one short line; more than this is another file. */
const FILE_MAX_BYTES = 4096;

/** A bundle of some CAs; that of a whole system is trusted without being named. */
const CA_MAX_BYTES = 65_536;

const readAddress = jsonReader<{ readonly adminUrl: string }>(
  { type: 'object', properties: { adminUrl: { type: 'string' } }, required: ['adminUrl'] },
  'ACCOUNT_NOT_RUNNING',
);

/**
 * Finds the way to an account server.
 * @param account its address, or the state directory in which a running server leaves its address and token
 * @param given `tokenFile` holds the token and nothing else, and is needed beside an address; `caFile`, PEM, stands beside `https://` only
 * Codes: USAGE, TARGET_MISSING, TARGET_REFUSED, ACCOUNT_NOT_RUNNING, ADMIN_TOKEN_REFUSED. No fault repeats a token.
 */
export async function findAccountDoor(
  account: string,
  { tokenFile, caFile }: { readonly tokenFile?: string; readonly caFile?: string } = {},
): Promise<Result<AccountDoor>> {
  if (looksLikeUrl(account)) {
    const adminUrl = parseAdminUrl(account);
    if (!adminUrl.ok) return adminUrl;
    if (tokenFile === undefined) return err('USAGE', '--account with an address needs --token-file');
    if (caFile !== undefined && !adminUrl.value.startsWith('https:')) return err('USAGE', CA_FOR_HTTPS);
    const token = await readToken(tokenFile);
    if (!token.ok) return token;
    const ca = caFile === undefined ? undefined : await readCa(caFile);
    if (ca?.ok === false) return ca;
    const door = { adminUrl: adminUrl.value, token: token.value, whenAway: 'ADMIN_UNREACHABLE' } as const;
    return ok({ ...door, ...(ca && { ca: ca.value }) });
  }
  if (caFile !== undefined) return err('USAGE', CA_FOR_HTTPS);
  const adminUrl = await addressIn(account);
  if (!adminUrl.ok) return adminUrl;
  const token = await readToken(tokenFile ?? join(account, 'admin-token'));
  return token.ok ? ok({ adminUrl: adminUrl.value, token: token.value, whenAway: 'ACCOUNT_NOT_RUNNING' }) : token;
}

const CA_FOR_HTTPS = '--ca needs --account https://HOST';

async function readCa(path: string): Promise<Result<string>> {
  try {
    const bytes = await readFileAtMost(path, CA_MAX_BYTES);
    if (!bytes) return err('USAGE', `the CA file is longer than ${CA_MAX_BYTES} bytes`);
    new X509Certificate(bytes); // throws what is told below
    return ok(new TextDecoder().decode(bytes));
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno.startsWith('ERR_')) return err('USAGE', 'the CA file holds no certificate in PEM', cause);
    return err(errno === 'ENOENT' ? 'TARGET_MISSING' : 'TARGET_REFUSED', `the CA file: ${errno}`, cause);
  }
}

async function addressIn(stateDir: string): Promise<Result<string>> {
  try {
    const address = readAddress(await readFileAtMost(join(stateDir, 'admin.json'), FILE_MAX_BYTES));
    return address.ok ? parseAdminUrl(address.value.adminUrl) : address;
  } catch (cause) {
    const errno = errnoOf(cause);
    const noServer = errno === 'ENOENT' || errno === 'ENOTDIR'; // the file is there only while a server runs
    return err(noServer ? 'ACCOUNT_NOT_RUNNING' : 'TARGET_REFUSED', `${stateDir}: ${errno}`, cause);
  }
}

async function readToken(path: string): Promise<Result<string>> {
  try {
    const bytes = await readFileAtMost(path, FILE_MAX_BYTES);
    const token = bytes && new TextDecoder().decode(bytes).trim();
    // visible ASCII is what an HTTP header can carry
    return token && /^[!-~]+$/.test(token) ? ok(token) : err('ADMIN_TOKEN_REFUSED', 'the token file is not one word');
  } catch (cause) {
    const errno = errnoOf(cause);
    return err(errno === 'ENOENT' ? 'TARGET_MISSING' : 'TARGET_REFUSED', `the token file: ${errno}`, cause);
  }
}
