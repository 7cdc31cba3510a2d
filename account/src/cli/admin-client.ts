import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { err, isCode, ok, type Result } from '@ewon-agent/contracts';
import { ADDRESS_FILE, ADMIN_TOKEN_FILE } from '../server.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The admin API of the server that runs on a state directory. */
export type AdminClient = {
  readonly adminUrl: string;
  ask<T>(method: Method, path: string, body?: object): Promise<Result<T>>;
  bytes(path: string): Promise<Result<Uint8Array>>;
  /** Hands over an answer of any size as it comes, decoded. @param body with it the request is a POST */
  text(path: string, body?: object): Promise<Result<AsyncIterable<string>>>;
  /** Sends a file of any size. @param onSent told how many bytes have gone so far @param type of the file; bytes unless told */
  upload<T>(path: string, file: Readable, onSent: (bytes: number) => void, type?: string): Promise<Result<T>>;
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
  const upload = (
    path: string,
    file: Readable,
    onSent: (bytes: number) => void,
    type: string,
  ): Promise<Result<Response>> =>
    new Promise((resolve) => {
      // not by fetch, which gives up when an answer takes five minutes
      const sending = request(`${adminUrl}/api/v1/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
      });
      let [sentBytes, answered] = [0, false];
      file.on('data', (part: Uint8Array) => {
        sentBytes += part.length;
        onSent(sentBytes);
      });
      sending.on('response', async (answer) => {
        answered = true;
        const parts: Uint8Array[] = [];
        for await (const part of answer) parts.push(part);
        const response = new Response(Buffer.concat(parts), { status: answer.statusCode ?? 500 });
        resolve(response.ok ? ok(response) : await faultOf(response));
        file.destroy(); // it was refused before its end
      });
      pipeline(file, sending, (cause) => {
        if (cause && !answered) resolve(err('ACCOUNT_NOT_RUNNING', adminUrl, cause));
      });
    });
  return ok({
    adminUrl,
    async text(path, body) {
      const response = await send(body ? 'POST' : 'GET', path, body);
      if (!response.ok) return response;
      return ok(textOf(response.value.body ?? new ReadableStream<Uint8Array>()));
    },
    async upload(path, file, onSent, type = 'application/octet-stream') {
      const response = await upload(path, file, onSent, type);
      return response.ok ? ok(await response.value.json()) : response;
    },
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

async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const part of bytes) yield decoder.decode(part, { stream: true });
  yield decoder.decode();
}

async function faultOf(response: Response): Promise<Result<never>> {
  try {
    const { code, detail }: { readonly code?: unknown; readonly detail?: unknown } = await response.json();
    return err(isCode(code) ? code : 'ACCOUNT_ERROR', typeof detail === 'string' ? detail : `HTTP ${response.status}`);
  } catch (cause) {
    return err('ACCOUNT_ERROR', `HTTP ${response.status}`, cause);
  }
}
