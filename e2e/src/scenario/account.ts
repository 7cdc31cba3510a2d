import type { EwonView, GrkView, LogLineView, RegistrationView } from '@ewon-agent/account/http/views';
import type { AccountSight, Hands } from '@ewon-agent/board-sim/scenario/stage';

/** Asks the admin interface of an account, wherever it runs. */
export type AskAccount = <T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => Promise<T>;

/** What an administrator can do in a scenario. */
export function accountHands(ask: AskAccount) {
  const only = async <T>(path: string, what: string): Promise<T> => {
    const [one, ...more] = await ask<readonly T[]>('GET', path);
    if (!one || more.length > 0) throw new Error(`${one ? more.length + 1 : 'no'} ${what}, not one`);
    return one;
  };
  const waiting = () => only<RegistrationView>('/api/v1/registrations?state=pending', 'Ewons wait');
  return {
    async approve() {
      await ask('POST', `/api/v1/registrations/${(await waiting()).id}/approve`, {});
    },
    async reject() {
      await ask('POST', `/api/v1/registrations/${(await waiting()).id}/reject`, {});
    },
    async removeEwon() {
      const { deviceId } = await only<EwonView>('/api/v1/ewons', 'Ewons');
      await ask('DELETE', `/api/v1/ewons/${deviceId}`);
    },
    async command({ name }) {
      const { deviceId } = await only<EwonView>('/api/v1/ewons', 'Ewons');
      await ask('POST', `/api/v1/ewons/${deviceId}/commands`, { name });
    },
    async release() {
      const { deviceId } = await only<EwonView>('/api/v1/ewons', 'Ewons');
      await ask('POST', `/api/v1/ewons/${deviceId}/release`, {});
    },
    async renewKey() {
      await ask('POST', '/api/v1/grks/renew', { grkId: await ownKey(ask) });
    },
    async autoRegistration({ is }) {
      await ask('PATCH', '/api/v1/auto-registration', { enabled: is === 'on' });
    },
  } satisfies Hands;
}

/** The id of the key the account made itself; not that of a second one, which a scenario has imported. */
export async function ownKey(ask: AskAccount): Promise<string> {
  const keys = await ask<readonly GrkView[]>('GET', '/api/v1/grks');
  const own = keys.find(({ state, origin }) => state === 'active' && origin !== 'imported');
  if (!own) throw new Error('the account has no active key of its own');
  return own.id;
}

/** Looks at the account as its page does. */
export async function seeAccount(ask: AskAccount): Promise<AccountSight> {
  const requests = await ask<readonly RegistrationView[]>('GET', '/api/v1/registrations');
  const ewons = await ask<readonly EwonView[]>('GET', '/api/v1/ewons');
  const log = await ask<readonly LogLineView[]>('GET', '/api/v1/log?form=detailed&format=json');
  return {
    pending: requests.filter(({ state }) => state === 'pending').length,
    requests: requests.length,
    ewons: ewons.length,
    online: ewons.filter(({ status }) => status === 'online').length,
    log: log.map(({ event }) => event),
  };
}
