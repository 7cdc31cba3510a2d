import type { SignInRules } from '../../http/session.ts';
import type { SignInBody } from '../../http/user-bodies.ts';
import type {
  Account,
  AutoRegistration,
  Counts,
  EwonPage,
  Grk,
  LocatedEwon,
  Me,
  Patches,
  PatchWithEwons,
  Policy,
  Problem,
  Properties,
  Registration,
  RolloutOrder,
} from './api-types.ts';
import { TEXTS } from './texts.ts';
import { worded } from './worded.ts';

/** What the server answered: a value, or a problem that is shown as it is. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem; readonly status: number };

/** Talks to the admin API. Every method answers, none throws; a status of 0 means that nobody answered. */
export type Api = ReturnType<typeof createApi>;

/** A blob is a list in CSV, which is sent byte by byte as it is. */
type Ask = { readonly method?: string; readonly body?: object };
/** Longer than any answer takes, shorter than a person waits. A download has no such limit: a card image has 33 MB. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Makes the one way to the server. It keeps the value that state-changing requests must carry, as the server tells it. */
export function createApi() {
  let csrf = '';
  async function ask(path: string, { method = 'GET', body }: Ask, signal?: AbortSignal): Promise<Answer<Response>> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (method !== 'GET') headers['x-csrf'] = csrf;
    if (body) headers['content-type'] = body instanceof Blob ? 'text/csv' : 'application/json';
    try {
      const response = await fetch(`/api/v1/${path}`, {
        method,
        headers,
        ...(body && { body: body instanceof Blob ? body : JSON.stringify(body) }),
        ...(signal && { signal }),
      });
      if (response.ok) return { ok: true, value: response };
      return { ok: false, status: response.status, problem: await problemOf(response) };
    } catch {
      // fetch rejects for one reason only that we can meet: nobody answered, or not in time
      return { ok: false, status: 0, problem: { ...TEXTS.problem.unreachable, detail: '' } };
    }
  }
  async function json<T>(path: string, how: Ask = {}): Promise<Answer<T>> {
    const answer = await ask(path, how, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
    if (!answer.ok) return answer;
    try {
      const value: T = answer.value.status === 204 ? undefined : await answer.value.json();
      return { ok: true, value };
    } catch {
      return { ok: false, status: answer.value.status, problem: { ...TEXTS.problem.unknown, detail: path } }; // a proxy's HTML page, say
    }
  }
  async function whole<T>(path: string, read: (response: Response) => Promise<T>): Promise<Answer<T>> {
    const answer = await ask(path, {});
    if (!answer.ok) return answer;
    try {
      return { ok: true, value: await read(answer.value) };
    } catch {
      return { ok: false, status: 0, problem: { ...TEXTS.problem.unreachable, detail: '' } }; // broke off in the middle
    }
  }
  const id = encodeURIComponent;

  return {
    /** Any other question, for sections that come later. */
    json,
    /** The same, for an answer that is read as it comes. */
    ask,
    me: () => json<Me>('me'),
    signIn: (claim: SignInBody) => json<unknown>('session', { method: 'POST', body: claim }),
    signOut: () => json<unknown>('session', { method: 'DELETE' }),
    account: async (): Promise<Answer<Account>> => {
      const answer = await json<Account>('account');
      if (answer.ok) csrf = answer.value.csrf ?? '';
      return answer;
    },
    registrations: () => json<readonly Registration[]>('registrations?state=pending'),
    approve: (of: string, how: Properties) =>
      json<unknown>(`registrations/${id(of)}/approve`, { method: 'POST', body: how }),
    replace: (of: string, deviceId: string) =>
      json<unknown>(`registrations/${id(of)}/replace`, { method: 'POST', body: { deviceId } }),
    reject: (of: string) => json<unknown>(`registrations/${id(of)}/reject`, { method: 'POST', body: {} }),
    rejectAll: (which: { readonly grkId: string } | { readonly network: string }) =>
      json<unknown>('registrations/reject', { method: 'POST', body: which }),
    counts: () => json<Counts>('ewons/counts'),
    /** Those that have a place. */
    places: () => json<readonly LocatedEwon[]>('ewons/places'),
    /** The first of those in which all words stand, by name. */
    ewonsWith: (words: string) => json<EwonPage>(`ewons?${new URLSearchParams({ search: words, limit: '200' })}`),
    /** The one that is called so, in capitals or not. */
    async ewonCalled(name: string): Promise<Answer<EwonPage['rows'][number] | undefined>> {
      const called = await json<EwonPage>(`ewons?${new URLSearchParams({ name, limit: '200' })}`);
      if (!called.ok) return called;
      const { rows } = called.value;
      return { ok: true, value: rows.find((one) => one.name === name) ?? rows[0] };
    },
    pools: () => json<readonly string[]>('pools'),
    addPool: (name: string) => json<unknown>('pools', { method: 'POST', body: { name } }),
    removePool: (name: string) => json<unknown>(`pools/${id(name)}`, { method: 'DELETE' }),
    autoRegistration: () => json<AutoRegistration>('auto-registration'),
    changeAutoRegistration: (change: Partial<AutoRegistration>) =>
      json<AutoRegistration>('auto-registration', { method: 'PATCH', body: change }),
    policy: () => json<Policy>('policy'),
    grks: () => json<readonly Grk[]>('grks'),
    renew: (grkId: string) => json<unknown>('grks/renew', { method: 'POST', body: { grkId } }),
    importKey: (key: string, note: string) => json<Grk>('grks/import', { method: 'POST', body: { key, note } }),
    exportCard: (grkId: string, form: 'image' | 'txt', asks: Readonly<Record<string, string>>) =>
      whole(`grks/${id(grkId)}/export?${new URLSearchParams({ form, ...asks })}`, (response) => response.blob()),
    patches: () => json<Patches>('patches'),
    patch: (path: string) => json<PatchWithEwons>(`patches/${id(path)}`),
    denyPatch: (path: string, wish: 'deny' | 'allow') =>
      json<unknown>(`patches/${id(path)}/${wish}`, { method: 'POST', body: {} }),
    startRollout: (how: RolloutOrder) => json<unknown>('rollouts', { method: 'POST', body: how }),
    orderRollout: (path: string, order: 'stop' | 'resume') =>
      json<unknown>(`rollouts/${id(path)}/${order}`, { method: 'POST', body: {} }),
  };
}

async function problemOf(response: Response): Promise<Problem> {
  const unknown = { ...TEXTS.problem.unknown, detail: `HTTP ${response.status}` };
  try {
    const told: unknown = await response.json();
    if (typeof told !== 'object' || told === null) return unknown;
    const rules: unknown = Reflect.get(told, 'rules');
    const said = (name: string, otherwise: string): string => {
      const value: unknown = Reflect.get(told, name);
      return typeof value === 'string' ? value : otherwise;
    };
    return worded({
      code: said('code', unknown.code),
      title: said('title', unknown.title),
      ...(isRules(rules) && { rules }),
      detail: said('detail', ''),
      next: said('next', unknown.next),
    });
  } catch {
    return unknown; // not JSON: what stands between us and the server answered
  }
}

function isRules(told: unknown): told is SignInRules {
  return typeof told === 'object' && told !== null;
}
