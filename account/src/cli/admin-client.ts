import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, isCode, ok, type Result } from '@ewon-agent/contracts';
import { ADDRESS_FILE, ADMIN_TOKEN_FILE } from '../server.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The admin API of the server that runs on a state directory. */
export type AdminClient = {
  readonly adminUrl: string;
  ask<T>(method: Method, path: string, body?: object): Promise<Result<T>>;
  bytes(path: string): Promise<Result<Uint8Array>>;
};

/** Finds the server by what it left in its state directory. Codes: ACCOUNT_NOT_RUNNING. */
export function openAdmin(stateDir: string): Result<AdminClient> {
  let adminUrl: string;
  let token: string;
  try {
    const address: { readonly adminUrl: string } = JSON.parse(readFileSync(join(stateDir, ADDRESS_FILE), 'utf8'));
    adminUrl = address.adminUrl;
    token = readFileSync(join(stateDir, ADMIN_TOKEN_FILE), 'utf8').trim();
  } catch (cause) {
    return err('ACCOUNT_NOT_RUNNING', stateDir, cause);
  }
  const send = async (method: Method, path: string, body?: object): Promise<Result<Response>> => {
    let response: Response;
    try {
      response = await fetch(`${adminUrl}/api/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      return err('ACCOUNT_NOT_RUNNING', adminUrl, cause); // killed, so that it could not take its address back
    }
    return response.ok ? ok(response) : faultOf(response);
  };
  return ok({
    adminUrl,
    async ask(method, path, body) {
      const response = await send(method, path, body);
      if (!response.ok) return response;
      return ok(response.value.status === 204 ? undefined : await response.value.json());
    },
    async bytes(path) {
      const response = await send('GET', path);
      return response.ok ? ok(new Uint8Array(await response.value.arrayBuffer())) : response;
    },
  });
}

async function faultOf(response: Response): Promise<Result<never>> {
  try {
    const { code, detail }: { readonly code?: unknown; readonly detail?: unknown } = await response.json();
    return err(isCode(code) ? code : 'ACCOUNT_ERROR', typeof detail === 'string' ? detail : `HTTP ${response.status}`);
  } catch (cause) {
    return err('ACCOUNT_ERROR', `HTTP ${response.status}`, cause);
  }
}
