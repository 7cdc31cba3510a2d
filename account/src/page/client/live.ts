import type { Answer, Api } from './api.ts';
import type { Change, Ewon, Policy } from './api-types.ts';
import { patchFacts } from './ewon-rows.ts';
import { atMostEvery } from './heard.ts';
import type { Lists, PageEvent } from './page-state.ts';

/** First wait before the server is tried again, and the longest; in between it doubles. */
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 10_000;
/** A connection can be dead without an error (a laptop slept, a tunnel broke), and a session can end: asked this often. */
const CHECK_MS = 30_000;
/** The log and patches are read by sections, which have a pace of their own; more often would draw the page for nothing. */
const CHANGES_EVERY_MS = 250;
/** The page is shown by then. */
const IDLE_MS = 1000;

/**
 * Keeps the page equal to the account: reads all lists, then follows the server's events; when the connection is
 * lost it tries again for as long as the page is open, and reads all lists anew.
 * @param tellEwon told each Ewon that changed; the page keeps none of them itself
 * @returns `reload` reads all lists now; `stop` ends everything
 */
export function follow(
  api: Api,
  on: (event: PageEvent) => void,
  tellEwon: (row: Ewon) => void,
): { readonly reload: () => void; readonly stop: () => void } {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let waitMs = RETRY_MIN_MS;
  let stopped = false;
  let reading = false;
  let again = false;
  let isLoaded = false;
  /** Counts what was heard of what is in the lists. */
  let changes = 0;
  const logChanged = atMostEvery(CHANGES_EVERY_MS, () => !stopped && on({ on: 'LogChanged' }));
  const patchesChanged = atMostEvery(CHANGES_EVERY_MS, () => !stopped && on({ on: 'PatchesChanged' }));
  const factsOf = new Map<string, string>();

  const lost = () => {
    source?.close();
    if (stopped || timer !== undefined) return;
    on({ on: 'ConnectionLost' });
    timer = window.setTimeout(
      () => {
        timer = undefined;
        void connect();
      },
      waitMs * (0.5 + Math.random() / 2),
    ); // many pages do not come back in one moment
    waitMs = Math.min(waitMs * 2, RETRY_MAX_MS);
  };
  const connect = async () => {
    const opened = new EventSource('/api/v1/events');
    source = opened;
    for (const type of ['registration', 'ewon', 'log', 'settings', 'missed'])
      opened.addEventListener(type, (message) => changed(JSON.parse(message.data)));
    // shown as soon as they are there; what changes before the stream is open is in what is read then
    const early = readLists(api);
    const before = changes;
    // asked beside it because EventSource does not tell "signed out" from "not there"
    const known = await api.account();
    if (stopped) return;
    if (!known.ok && known.status === 401) {
      opened.close();
      return on({ on: 'SignedOut' });
    }
    if (!known.ok) return lost();
    opened.onerror = lost;
    const lists = await early;
    if (stopped || source !== opened) return;
    // lists that are shown already have what was heard since; these may not
    if (lists && (!isLoaded || changes === before)) loaded(lists);
    if (opened.readyState === EventSource.CLOSED) {
      // known, and without a stream: as many are open as may be at once. What there is is shown all the same
      on({ on: 'ConnectionLost' });
      return lost();
    }
    if (lists) await idle();
    opened.onopen = () => void read();
    if (opened.readyState === EventSource.OPEN) void read();
  };
  const loaded = (lists: Lists) => {
    isLoaded = true;
    on({ on: 'Loaded', lists });
  };
  const read = async (): Promise<void> => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    const lists = await readLists(api);
    reading = false;
    if (stopped) return;
    if (again) {
      again = false; // something changed while we were reading: what we read may be older than what is shown
      return read();
    }
    if (lists === undefined) return lost();
    waitMs = RETRY_MIN_MS;
    loaded(lists);
    if (source?.readyState === EventSource.OPEN) on({ on: 'Connected' });
  };
  const changed = (change: Change) => {
    if (change.type === 'command') return; // the page shows none; its line in the log comes by itself
    if (change.type === 'ewon') return ewonChanged(change.row);
    if (change.type === 'log') return logChanged();
    changes += 1;
    if (reading) again = true;
    if (change.type === 'registration') on({ on: 'RegistrationChanged', row: change.row });
    // a rollout moves with every word of an Ewon; the lists have nothing of it
    else if (change.type === 'settings' && (change.id === 'rollout' || change.id === 'aspu')) patchesChanged();
    else void read();
  };
  const ewonChanged = (row: Ewon) => {
    tellEwon(row);
    const facts = patchFacts(row);
    if (factsOf.get(row.deviceId) === facts) return;
    factsOf.set(row.deviceId, facts);
    patchesChanged();
  };

  const check = async () => {
    if (source?.readyState !== EventSource.OPEN || document.hidden) return;
    if (!(await api.account()).ok) lost();
  };
  const checking = window.setInterval(() => void check(), CHECK_MS);
  document.addEventListener('visibilitychange', check);

  void connect();
  return {
    reload: () => void read(),
    stop: () => {
      stopped = true;
      source?.close();
      window.clearTimeout(timer);
      window.clearInterval(checking);
      document.removeEventListener('visibilitychange', check);
    },
  };
}

/** Lets the browser show what is there first, and whoever waits press something. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) window.requestIdleCallback(() => resolve(), { timeout: IDLE_MS });
    else setTimeout(resolve, IDLE_MS); // Safari has no such call
  });
}

async function readLists(api: Api): Promise<Lists | undefined> {
  const [account, me, registrations, grks, pools, auto, policy] = await Promise.all([
    api.account(),
    api.me(),
    orNone(api.registrations(), []),
    orNone(api.grks(), []),
    api.pools(),
    orNone(api.autoRegistration(), { enabled: true, pool: '' }),
    orNone(api.policy(), NO_POLICY),
  ]);
  if (!account.ok || !registrations.ok || !grks.ok || !pools.ok || !auto.ok) return undefined;
  if (!policy.ok || !me.ok) return undefined;
  return {
    account: account.value,
    me: me.value,
    registrations: registrations.value,
    grks: grks.value,
    pools: pools.value,
    autoRegistration: auto.value,
    policy: policy.value,
    clockAheadMs: Date.parse(account.value.time) - Date.now(),
  };
}

/** For who may not read the policy: the server keeps from him what it forbids. */
const NO_POLICY: Policy = {
  ...{ version: 0, issuedAt: '1970-01-01T00:00:00.000Z' as Policy['issuedAt'] },
  ...{ geolocation: true, remoteManagement: true, denied: [] },
};

/** What a person may not read is empty to him. */
async function orNone<T>(asked: Promise<Answer<T>>, none: T): Promise<Answer<T>> {
  const answer = await asked;
  return !answer.ok && answer.status === 403 ? { ok: true, value: none } : answer;
}
