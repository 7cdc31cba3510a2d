import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Api } from './api.ts';
import { useCounts } from './counts.ts';
import { early } from './early.ts';
import { atNextFrame, createHeard, type Heard } from './heard.ts';
import { later } from './later.tsx';
import { listApi } from './lists/list-api.ts';
import { FIRST_PAGE } from './lists/query.ts';
import { follow } from './live.ts';
import { type EarlyMap, earlyMap } from './map/early.ts';
import { onceOf } from './once.ts';
import type { PointedOut, Told } from './page.ts';
import { type Connection, type Lists, may, type PageState, pendingOf, transition } from './page-state.ts';
import { SessionEnded } from './session-ended.tsx';
import { SignIn } from './sign-in.tsx';
import { TEXTS } from './texts.ts';
import { harmless } from './words.ts';

const Pending = later('waiting', TEXTS.pending.title, async () => (await import('./decide/pending.tsx')).Pending);
const AutoRegistration = later(
  'auto-registration',
  TEXTS.auto.title,
  async () => (await import('./keys/auto.tsx')).AutoRegistration,
);
const MapSection = later('map', TEXTS.map.title, async () => (await import('./map/map-section.tsx')).MapSection);
const Patches = later(
  'patches',
  TEXTS.patches.title,
  async () => (await import('./patches/patches-section.tsx')).Patches,
);
const EwonList = later('ewons', TEXTS.ewons.title, async () => (await import('./lists/ewon-list.tsx')).EwonList);
const Log = later('log', TEXTS.log.title, async () => (await import('./log/log-section.tsx')).Log);
const Privacy = later('privacy', TEXTS.privacy, async () => (await import('./privacy/privacy-section.tsx')).Privacy);
const Users = later('users', TEXTS.users, async () => (await import('./users/users-section.tsx')).Users);
const Imports = later('imports', TEXTS.imports, async () => (await import('./imports/imports-section.tsx')).Imports);
const Mine = later('mine', TEXTS.mine, async () => (await import('./users/mine.tsx')).Mine);

/** "25 s ago" is right to within this. */
const CLOCK_MS = 5000;
/** How long a confirmation stays in sight; a screen reader has said it long before. */
const SAID_MS = 8000;

/** The whole page. */
export function App({ api }: { readonly api: Api }) {
  const [state, on] = useReducer(transition, { at: 'starting' });
  const [said, say] = useSaying();
  const nowMs = useNow();
  // who comes for the map waits for lists and outlines at the same time
  const [map] = useState(() => (location.hash === '#map' ? earlyMap(api) : undefined));
  // not with a link to sign in by: the cookie is still that of who was here before
  const [firstEwons] = useState(() => (hasOnce() ? undefined : early(listApi(api).page(FIRST_PAGE))));
  const [heard] = useState(() => createHeard(atNextFrame));
  const following = useRef<ReturnType<typeof follow>>(undefined);
  const start = () => {
    following.current?.stop();
    following.current = follow(api, on, heard.tell);
  };
  const signIn = async (once: string) => {
    const answer = await api.signIn({ once });
    // a link that was used already does no harm to who is signed in
    if (answer.ok || (await api.account()).ok) start();
    else on({ on: 'SignedOut', problem: answer.problem });
  };
  const signOut = async () => {
    following.current?.stop();
    const { ok } = await api.signOut();
    if (ok) on({ on: 'Left' });
    start(); // shows what the server thinks of us now: signed out, or not reached
  };
  // once, when the page opens
  useEffect(() => {
    const look = () => {
      const once = takeOnce();
      if (once !== undefined) void signIn(once);
      return once;
    };
    if (look() === undefined) start();
    window.addEventListener('hashchange', look); // the link opened in a tab that shows the page already
    return () => {
      window.removeEventListener('hashchange', look);
      following.current?.stop();
    };
  }, []);
  const connection = state.at === 'ready' ? state.connection : undefined;
  useConnectionBack(connection, () => say(TEXTS.connection.back));
  const waiting = state.at === 'ready' ? pendingOf(state.lists).length : 0;
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) ${TEXTS.product}` : TEXTS.product;
  }, [waiting]);

  const [arrived, setArrived] = useState(0);
  const onArrived = () => setArrived((before) => before + 1);
  useDeepLink(state.at === 'ready', arrived);

  if (state.at === 'starting') return <p class="starting">{TEXTS.starting}</p>;
  const signingIn = { api, onToken: (once: string) => void signIn(once), onSignedIn: start };
  if (state.at === 'signedOut') return <SignIn {...signingIn} problem={state.problem} />;
  const leave = () => {
    following.current?.stop();
    on({ on: 'Left' });
    start();
  };
  return (
    <>
      {/* somebody else begins anew: nothing that one has typed or ticked is another's */}
      <Ready
        key={state.lists.me.user?.login}
        {...{ api, state, heard, firstEwons, map, nowMs, said, say, waiting, onArrived }}
        reload={() => following.current?.reload()}
        onSignOut={() => void signOut()}
      />
      {state.ended && <SessionEnded {...signingIn} problem={state.ended.problem} onLeave={leave} />}
    </>
  );
}

/** The page of somebody who is signed in. */
function Ready(props: {
  readonly api: Api;
  readonly state: PageState & { readonly at: 'ready' };
  readonly heard: Heard;
  readonly firstEwons: Told['firstEwons'];
  readonly map: EarlyMap | undefined;
  readonly nowMs: number;
  readonly said: string;
  readonly say: (text: string) => void;
  readonly waiting: number;
  readonly onArrived: () => void;
  readonly reload: () => void;
  readonly onSignOut: () => void;
}) {
  const { api, state, heard, firstEwons, map, nowMs, said, say, waiting, onArrived, reload } = props;
  const { lists, logChanges, patchChanges, readings } = state;
  const [pointedOut, pointOut] = useState<PointedOut>();
  const counts = useCounts(api, heard, readings, may(lists, 'ewons.read'));
  const told = {
    ...{ api, lists, logChanges, patchChanges, readings, heard, firstEwons, counts, say, pointOut, pointedOut, reload },
    nowMs: nowMs + lists.clockAheadMs,
  };
  const shown = shownSections(lists);
  return (
    <>
      <a class="skip" href="#content">
        {TEXTS.skip}
      </a>
      <Header
        name={state.lists.account.name}
        connection={state.connection}
        waiting={waiting}
        shown={shown}
        onSignOut={props.onSignOut}
      />
      <main id="content" tabIndex={-1}>
        {state.connection === 'lost' && !state.ended && (
          <p class="banner" role="alert">
            {TEXTS.connection.lostLong}
          </p>
        )}
        {isHeldBack(state.lists) && <p class="banner">{TEXTS.setUpFirst}</p>}
        {shown.waiting && <Pending told={told} onArrived={onArrived} />}
        {shown.ewons && <EwonList told={told} onArrived={onArrived} />}
        {shown.map && <MapSection told={told} early={map} onArrived={onArrived} />}
        {shown.patches && <Patches told={told} onArrived={onArrived} />}
        {shown['auto-registration'] && <AutoRegistration told={told} onArrived={onArrived} />}
        {shown.privacy && <Privacy told={told} onArrived={onArrived} />}
        {shown.log && <Log told={told} onArrived={onArrived} />}
        {shown.users && <Users told={told} onArrived={onArrived} />}
        {shown.imports && <Imports told={told} onArrived={onArrived} />}
        {shown.mine && <Mine told={told} onArrived={onArrived} />}
      </main>
      <p class={said === '' ? 'said' : 'said shown'} role="status">
        {said}
      </p>
    </>
  );
}

const TITLES = {
  waiting: TEXTS.pending.short,
  ewons: TEXTS.ewons.title,
  map: TEXTS.map.title,
  patches: TEXTS.patches.title,
  'auto-registration': TEXTS.auto.title,
  privacy: TEXTS.privacy,
  log: TEXTS.log.title,
  users: TEXTS.users,
  imports: TEXTS.imports,
  mine: TEXTS.mine,
} as const;
type SectionId = keyof typeof TITLES;
type Shown = Readonly<Record<SectionId, boolean>>;
const SECTIONS = Object.keys(TITLES) as SectionId[];

/** The sections in which the person may do something. */
function shownSections(lists: Lists): Shown {
  const any = (...permissions: readonly Parameters<typeof may>[1][]) => permissions.some((one) => may(lists, one));
  return {
    waiting: any('registrations.read'),
    ...{ ewons: any('ewons.read'), map: any('ewons.read'), patches: any('patches'), log: any('log.read') },
    'auto-registration': any('keys.export', 'keys.manage', 'pools'),
    privacy: any('privacy'),
    users: any('users', 'policies', 'tokens', 'account.edit'),
    imports: any('policies'),
    mine: lists.me.user !== null,
  };
}

/** Tells whether the person must set up two-factor first. */
function isHeldBack({ me }: Lists): boolean {
  return me.user?.twoFactor === 'wanted' && me.twoFactorPolicy.enabled;
}

function Header(props: {
  readonly name: string;
  readonly connection: Connection;
  readonly waiting: number;
  readonly shown: Shown;
  readonly onSignOut: () => void;
}) {
  return (
    <header class="top">
      <h1>
        {TEXTS.product} <span class="quiet">{harmless(props.name)}</span>
      </h1>
      <span class={`connection ${props.connection}`}>{TEXTS.connection[props.connection]}</span>
      <button type="button" class="quiet-button" onClick={props.onSignOut}>
        {TEXTS.signOut}
      </button>
      <nav aria-label={TEXTS.nav}>
        {SECTIONS.filter((id) => props.shown[id]).map((id) => (
          <a key={id} href={`#${id}`}>
            {TITLES[id]} {id === 'waiting' && props.waiting > 0 && <span class="count">{props.waiting}</span>}
          </a>
        ))}
      </nav>
    </header>
  );
}

/** Takes the one-time token out of the address bar, so that it is in no bookmark, history or screenshot. */
function takeOnce(): string | undefined {
  const once = hasOnce() ? onceOf(location.hash) : undefined;
  if (hasOnce()) history.replaceState(null, '', location.pathname);
  return once;
}

function hasOnce(): boolean {
  return location.hash.startsWith('#once=');
}

/** Goes to the section that the address names, once it is there: the browser itself looked before there was one. */
function useDeepLink(ready: boolean, arrived: number): void {
  useEffect(() => {
    // what came later made place for itself above
    if (ready) document.getElementById(location.hash.slice(1))?.scrollIntoView({ behavior: 'instant' });
  }, [ready, arrived]);
}

/** Calls when the connection is live after it was lost. */
function useConnectionBack(connection: Connection | undefined, call: () => void): void {
  const before = useRef(connection);
  useEffect(() => {
    if (connection === 'live' && before.current === 'lost') call();
    before.current = connection;
  });
}

function useNow(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), CLOCK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return nowMs;
}

function useSaying(): [string, (text: string) => void] {
  // an object, so that what is said again has its time again
  const [said, setSaid] = useState({ text: '' });
  useEffect(() => {
    const timer = window.setTimeout(() => setSaid({ text: '' }), SAID_MS);
    return () => window.clearTimeout(timer);
  }, [said]);
  return [said.text, (text) => setSaid({ text })];
}
