import { once } from 'node:events';
import { type Agent, request } from 'node:https';
import type { Ask } from './device-client.ts';

/** Asks over real TLS, trusting what the agent trusts. */
export function overTls(agent: Agent): Ask {
  return async ({ method, url, headers, body }) => {
    const sent = request(url, { method, headers, agent });
    sent.end(body);
    const [answer] = await once(sent, 'response');
    let text = '';
    for await (const part of answer.setEncoding('utf8')) text += part;
    return { status: answer.statusCode, headers: answer.headers, body: text };
  };
}
