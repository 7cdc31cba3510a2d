import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Api } from './api.ts';
import { AutoRegistration } from './auto.tsx';
import { Ewons } from './ewons.tsx';
import { follow } from './live.ts';
import { Log } from './log.tsx';
import { loadCountries } from './map/load-countries.ts';
import { MapSection } from './map/map-section.tsx';
import { onceOf } from './once.ts';
import type { PointedOut } from './page.ts';
import { type Connection, pendingOf, transition } from './page-state.ts';
import { Patches } from './patches/patches-section.tsx';
import { Pending } from './pending.tsx';
import { SignIn } from './sign-in.tsx';
import { TEXTS } from './texts.ts';
import { harmless } from './words.ts';

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
  const [outlines] = useState(() => (location.hash === '#map' ? loadCountries('110m') : undefined));
  const [pointedOut, pointOut] = useState<PointedOut>();
  const following = useRef<ReturnType<typeof follow>>(undefined);
  const start = () => {
    following.current?.stop();
    following.current = follow(api, on);
  };
  const signIn = async (once: string) => {
    const answer = await api.signIn(once);
    // a link that was used already does no harm to who is signed in
    if (answer.ok || (await api.account()).ok) start();
    else on({ on: 'SignedOut', problem: answer.problem });
  };
  const signOut = async () => {
    following.current?.stop();
    await api.signOut();
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

  useDeepLink(state.at === 'ready');

  if (state.at === 'starting') return <p class="starting">{TEXTS.starting}</p>;
  if (state.at === 'signedOut') return <SignIn problem={state.problem} onToken={(once) => void signIn(once)} />;
  const told = {
    api,
    lists: state.lists,
    nowMs: nowMs + state.lists.clockAheadMs,
    logChanges: state.logChanges,
    patchChanges: state.patchChanges,
    say,
    pointOut,
    pointedOut,
    reload: () => following.current?.reload(),
  };
  return (
    <>
      <a class="skip" href="#content">
        {TEXTS.skip}
      </a>
      <Header
        name={state.lists.account.name}
        connection={state.connection}
        waiting={waiting}
        onSignOut={() => void signOut()}
      />
      <main id="content" tabIndex={-1}>
        {state.connection === 'lost' && (
          <p class="banner" role="alert">
            {TEXTS.connection.lostLong}
          </p>
        )}
        <Pending told={told} />
        <Ewons told={told} />
        <MapSection told={told} early={outlines} />
        <Patches told={told} />
        <AutoRegistration told={told} />
        <Log told={told} />
      </main>
      <p class={said === '' ? 'said' : 'said shown'} role="status">
        {said}
      </p>
    </>
  );
}

function Header(props: {
  readonly name: string;
  readonly connection: Connection;
  readonly waiting: number;
  readonly onSignOut: () => void;
}) {
  return (
    <header class="top">
      <h1>
        {TEXTS.product} <span class="quiet">{harmless(props.name)}</span>
      </h1>
      <nav aria-label={TEXTS.nav}>
        <a href="#waiting">
          {TEXTS.pending.short} {props.waiting > 0 && <span class="count">{props.waiting}</span>}
        </a>
        <a href="#ewons">{TEXTS.ewons.title}</a>
        <a href="#map">{TEXTS.map.title}</a>
        <a href="#patches">{TEXTS.patches.title}</a>
        <a href="#auto-registration">{TEXTS.auto.title}</a>
        <a href="#log">{TEXTS.log.title}</a>
      </nav>
      <span class={`connection ${props.connection}`}>{TEXTS.connection[props.connection]}</span>
      <button type="button" class="quiet-button" onClick={props.onSignOut}>
        {TEXTS.signOut}
      </button>
    </header>
  );
}

/** Takes the one-time token out of the address bar, so that it is in no bookmark, history or screenshot. */
function takeOnce(): string | undefined {
  const once = location.hash.startsWith('#once=') ? onceOf(location.hash) : undefined;
  if (location.hash.startsWith('#once=')) history.replaceState(null, '', location.pathname);
  return once;
}

/** Goes to the section that the address names, once it is there: the browser itself looked before there was one. */
function useDeepLink(ready: boolean): void {
  useEffect(() => {
    if (ready) document.getElementById(location.hash.slice(1))?.scrollIntoView({ behavior: 'instant' });
  }, [ready]);
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
  const [said, say] = useState('');
  useEffect(() => {
    const timer = window.setTimeout(() => say(''), SAID_MS);
    return () => window.clearTimeout(timer);
  }, [said]);
  return [said, say];
}
