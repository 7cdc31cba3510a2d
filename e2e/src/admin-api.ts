import type { EwonView, RegistrationView } from '@ewon-agent/account/http/views';

/** The admin API as a third process sees it: by HTTP, with the administrator's token. */
export type AdminApi = {
  pending(): Promise<readonly RegistrationView[]>;
  ewons(): Promise<readonly EwonView[]>;
  get<T>(path: string): Promise<T>;
  text(path: string): Promise<string>;
  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T>;
  /** Sends a file of comma-separated values. */
  csv<T>(path: string, text: string): Promise<T>;
  /** Sends an order on many, and tells each line of the answer as soon as it is there. */
  lines<T>(path: string, body: object, tell: (line: T) => void): Promise<void>;
  /** A card image of the present key, as the page downloads it. */
  cardImage(note: string): Promise<Uint8Array>;
  /** Tells every change from now on, as the page hears it. @returns ends the subscription */
  changes(tell: (change: AdminChange) => void): Promise<() => void>;
};

export type AdminChange = { readonly type: string; readonly id: string; readonly row: unknown };

/** A refusal of the admin API, with its code. */
export class AdminRefusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Speaks to a running account server. */
export function createAdminApi(adminUrl: string, token: string): AdminApi {
  const ask = async (method: string, path: string, body?: object | string): Promise<Response> => {
    const type = typeof body === 'string' ? 'text/csv' : 'application/json';
    const answer = await fetch(new URL(path, adminUrl), {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': type } : {}) },
      ...(body ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    });
    if (answer.ok) return answer;
    const problem = await answer.json();
    throw new AdminRefusal(problem.code ?? String(answer.status), problem.detail ?? problem.title ?? path);
  };
  const json = async (answer: Promise<Response>) => {
    const text = await (await answer).text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const api: AdminApi = {
    text: async (path) => (await ask('GET', path)).text(),
    get: (path) => json(ask('GET', path)),
    send: (method, path, body) => json(ask(method, path, body ?? (method === 'DELETE' ? undefined : {}))),
    csv: (path, text) => json(ask('POST', path, text)),
    async lines(path, body, tell) {
      for await (const line of partsOf(await ask('POST', path, body), '\n')) tell(JSON.parse(line));
    },
    pending: () => api.get('/api/v1/registrations?state=pending'),
    ewons: () => api.get('/api/v1/ewons'),
    async cardImage(note) {
      const keys = await api.get<readonly { id: string; state: string }[]>('/api/v1/grks');
      const active = keys.find((key) => key.state === 'active');
      const answer = await ask('GET', `/api/v1/grks/${active?.id}/export?form=image&note=${encodeURIComponent(note)}`);
      return new Uint8Array(await answer.arrayBuffer());
    },
    async changes(tell) {
      const ending = new AbortController();
      const answer = await fetch(new URL('/api/v1/events', adminUrl), {
        headers: { authorization: `Bearer ${token}` },
        signal: ending.signal,
      });
      void listen(answer, tell).catch(() => {}); // ended by the test, or the server is gone, which the test sees elsewhere
      return () => ending.abort();
    },
  };
  return api;
}

async function listen(answer: Response, tell: (change: AdminChange) => void): Promise<void> {
  for await (const block of partsOf(answer, '\n\n')) {
    const data = block.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
    if (data.length > 0) tell(JSON.parse(data.join('\n')));
  }
}

/** The parts of an answer as they come; what follows the last end is none. */
async function* partsOf({ body }: Response, end: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + chunk).split(end);
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
