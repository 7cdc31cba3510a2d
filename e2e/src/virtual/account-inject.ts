import type { Account } from '@ewon-agent/account/server';
import { type AccountLinkPort, err, ok } from '@ewon-agent/contracts';

/** The way to an account in the same process: its real device interface, without sockets. `server` undefined: it is gone. */
export function createInjectLink(server: () => Pick<Account, 'deviceApp' | 'deviceUrl'> | undefined): AccountLinkPort {
  return {
    close() {},
    request: (request) =>
      new Promise((resolve) => {
        const account = server();
        if (!account) return resolve(err('ACCOUNT_UNREACHABLE', 'ECONNREFUSED'));
        const url = new URL(request.url);
        request.signal?.addEventListener('abort', () => resolve(err('ACCOUNT_UNREACHABLE', 'given up')));
        account.deviceApp
          .inject({
            method: request.method,
            url: url.pathname,
            headers: { ...request.headers, host: url.host },
            ...(request.body === undefined ? {} : { payload: request.body }),
          })
          .then(
            (answer) => {
              const headers = Object.entries(answer.headers).map(([name, value]) => [
                name.toLowerCase(),
                String(value ?? ''),
              ]);
              resolve(
                ok({
                  status: answer.statusCode,
                  headers: Object.fromEntries(headers),
                  body: new Uint8Array(answer.rawPayload),
                }),
              );
            },
            () => resolve(err('ACCOUNT_UNREACHABLE', 'ECONNRESET')),
          );
      }),
  };
}
