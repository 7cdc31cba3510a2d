import { assert } from '@ewon-agent/contracts/testing';
import type { Account } from '../server.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';

/** A browser of a test: it keeps cookies, and sends what it was given at sign-in. */
export type TestBrowser = ReturnType<typeof createBrowser>;

/** @param from address from which it comes */
export function createBrowser({ adminApp }: Pick<Account, 'adminApp'>, from = '192.0.2.1') {
  const cookies = new Map<string, string>();
  let csrf = '';
  async function ask(method: Method, path: string, body?: object) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await adminApp.inject({
      ...{ method, url: `/api/v1/${path}`, remoteAddress: from },
      headers: { ...(cookie && { cookie }), ...(csrf && { 'x-csrf': csrf }), 'user-agent': 'Test browser' },
      ...(body && { payload: body }),
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const isJson = String(answer.headers['content-type']).includes('json') && answer.body !== '';
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: isJson ? answer.json() : {} };
  }
  async function trySignIn(claim: object) {
    const answer = await ask('POST', 'session', claim);
    if (answer.status === 200) csrf = answer.json.csrf;
    return answer;
  }
  return {
    ask,
    cookies,
    trySignIn,
    async signIn(login: string, password: string, more: object = {}) {
      const answer = await trySignIn({ login, password, ...more });
      assert.equal(answer.status, 200, answer.text);
    },
  };
}
