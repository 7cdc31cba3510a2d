import type { Account } from '../server.ts';

/** A developer id, as somebody who writes scripts is given one. */
export const DEVELOPER = '731e38ec-981f-4f31-9cb5-e87f0d571816';

/** A script as there are already: it sends all parameters in the address, or as a form. @param more in the place of the developer id */
export function createScript(
  { adminApp }: Pick<Account, 'adminApp'>,
  always: Record<string, string>,
  more: Record<string, string> = { t2mdeveloperid: DEVELOPER },
) {
  return {
    async ask(method: 'GET' | 'POST', service: string, given: Record<string, string> = {}) {
      const form = new URLSearchParams({ ...always, ...more, ...given }).toString();
      const answer = await adminApp.inject({
        ...{ method, url: `/t2mapi/${service}${method === 'GET' ? `?${form}` : ''}` },
        headers: { host: 'account.test', 'user-agent': 'python-requests/2.32' },
        ...(method === 'POST' && {
          payload: form,
          headers: { host: 'account.test', 'content-type': 'application/x-www-form-urlencoded' },
        }),
      });
      return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: answer.json() };
    },
  };
}
