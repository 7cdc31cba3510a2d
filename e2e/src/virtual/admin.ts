import type { EwonView, LogLineView, RegistrationView } from '@ewon-agent/account/http/views';
import type { Account } from '@ewon-agent/account/server';

/** What an administrator does, through the real admin interface. */
export type Admin = {
  pending(): Promise<readonly RegistrationView[]>;
  ewons(): Promise<readonly EwonView[]>;
  log(): Promise<readonly LogLineView[]>;
  approve(id: string): Promise<void>;
  call<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<T>;
};

/** @param settle waits for what follows from a call */
export function createAdmin(account: () => Account, settle: () => Promise<unknown>): Admin {
  const call: Admin['call'] = async (method, url, body) => {
    const server = account();
    const answer = await server.adminApp.inject({
      method,
      url,
      headers: { authorization: `Bearer ${server.adminToken}` },
      ...(body ? { payload: body } : {}),
    });
    if (answer.statusCode >= 400) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.payload}`);
    await settle();
    return answer.payload ? JSON.parse(answer.payload) : undefined;
  };
  return {
    call,
    pending: () => call('GET', '/api/v1/registrations?state=pending'),
    ewons: () => call('GET', '/api/v1/ewons'),
    log: () => call('GET', '/api/v1/log?form=detailed&format=json'),
    approve: (id) => call('POST', `/api/v1/registrations/${id}/approve`, {}),
  };
}
