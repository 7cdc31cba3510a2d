import { type ClockPort, err, type Millis, SECOND_MS } from '@ewon-agent/contracts';
import type { Audited } from '../core/console/audit.ts';
import {
  initialLogin,
  isOpenLine,
  isWatching,
  type Login,
  type LoginEffect,
  type LoginEvent,
  type LoginRules,
  type Look,
  loginTransition,
} from '../core/console/login.ts';
import { durationText } from '../core/console/login-words.ts';
import type { ConsoleAnswer, ConsoleEvent } from '../core/console/session.ts';
import type { Order, Person } from '../core/console/tree.ts';
import { type Asking, type ConsoleLine, type ConsoleParts, type ConsoleSession, startConsole } from './console.ts';
import type { Keeper } from './console-gate-keeper.ts';
import type { Presence } from './console-gate-presence.ts';

/** What stands before a session needs beside what the session needs. */
export type GateParts = {
  readonly gate: {
    readonly clock: Pick<ClockPort, 'monotonic' | 'after'>;
    readonly keeper: Keeper;
    readonly presence: Pick<Presence, 'isProved'>;
    readonly rules: LoginRules;
    /** Said to who was let in. */
    readonly greeting: (person: Person) => string;
    /** What was said goes out still: a line is slower than the agent. */
    readonly isWriting?: () => boolean;
    readonly record: (did: Audited, person: string, detail?: string) => void;
  };
};

/** How often it is looked whether who is within still may. */
const LOOK_MS: Millis = SECOND_MS;

/**
 * Stands between a line and its sessions: nobody has one without his name and password. It is told of its line as a session is, and outlasts all
 * of them: after `hungUp`, which ends the line's own `end`, it can be `attached` again.
 */
export function startGate<Bytes>({ gate, line, ask, terminal }: ConsoleParts<Bytes> & GateParts): ConsoleSession {
  const { clock, keeper, presence, record } = gate;
  let state: Login = initialLogin(gate.rules);
  let session: { readonly console: ConsoleSession; close(): void } | undefined;
  let isLent = false;
  let looksAgain: (() => void) | undefined;

  const happened = (event: LoginEvent) => {
    const [next, effects] = loginTransition(state, event);
    state = next;
    for (const effect of effects) perform(effect);
    if (isWatching(state)) looksAgain ??= clock.after(LOOK_MS, lookAgain);
    else looksAgain?.();
    if (!isWatching(state)) looksAgain = undefined;
  };

  const lookAgain = () => {
    looksAgain = undefined;
    happened({ on: 'looked', look: look(), atMs: clock.monotonic() });
  };

  const perform = (effect: LoginEffect) => {
    switch (effect.do) {
      case 'write':
        return line.write(effect.text);
      case 'look':
        return happened({ on: 'looked', look: look(), atMs: clock.monotonic() });
      case 'check':
        return void check(effect);
      case 'create':
        return void create(effect);
      case 'open':
        return open(effect.person);
      case 'close':
        return session?.close();
      case 'pass':
        return session?.console.happened(effect.event);
      case 'record':
        return record(effect.did, effect.person);
      case 'end':
        return line.end(0);
    }
  };

  const look = (): Look => {
    const { doing } = state;
    if (doing.at === 'within') {
      const admitted = keeper.admitted(doing.person.name);
      return { users: 'some', isPresent: false, pauseMs: 0, admitted, doing: doingNow() };
    }
    const users = keeper.load();
    const found = users.ok ? (users.value ? 'some' : 'none') : { fault: users.fault };
    const isPresent = found === 'none' && presence.isProved();
    return { users: found, isPresent, pauseMs: keeper.pauseMs(), doing: 'nothing' };
  };
  const doingNow = (): Look['doing'] => {
    if (isLent) return 'transfer';
    return session?.console.isAtPrompt() === false || gate.isWriting?.() === true ? 'work' : 'nothing';
  };

  const check = async ({ id, name, password }: LoginEffect & { readonly do: 'check' | 'create' }) => {
    const verdict = await keeper
      .enter(name, password)
      .catch(
        (cause: unknown) => ({ is: 'failed', fault: { code: 'CONFLICT', detail: String(cause), cause } }) as const,
      );
    happened({ on: 'checked', id, verdict, atMs: clock.monotonic() });
  };
  const create = async ({ id, name, password }: LoginEffect & { readonly do: 'check' | 'create' }) => {
    const found = await keeper
      .found(name, password)
      .catch((cause: unknown) => ({ ok: false, fault: { code: 'CONFLICT', detail: String(cause), cause } }) as const);
    happened({ on: 'created', id, atMs: clock.monotonic(), ...(!found.ok && { fault: found.fault }) });
  };

  const open = (person: Person) => {
    let isOpen = true;
    const within: ConsoleLine<Bytes> = {
      write: (text) => isOpen && line.write(text),
      hold: (isHeld) => isOpen && line.hold(isHeld),
      lend() {
        isLent = true;
        const lent = line.lend();
        const giveBack = () => {
          isLent = false;
          lent.giveBack();
        };
        return { bytes: lent.bytes, giveBack };
      },
      end() {
        if (!isOpen) return;
        leave();
        happened({ on: 'left' });
      },
    };
    const leave = () => {
      isOpen = false;
      session = undefined;
      line.hold(false); // the session may have asked for silence
    };
    const console = startConsole({
      ...{ line: within, ask: asked, person, ...(terminal && { terminal }) },
      audit: (command, { name }) => record('command', name, command),
    });
    const close = () => {
      leave();
      console.happened({ on: 'hungUp' });
    };
    session = { console, close };
    console.happened({ on: 'attached', greeting: gate.greeting(person) });
  };

  /** What was parsed for another role, or for who may not any more, is not done; the next look tells him. */
  const asked = async (order: Order, asking: Asking<Bytes>): Promise<ConsoleAnswer> => {
    const { name, role } = asking.person;
    const { doing } = state;
    const now = keeper.admitted(name);
    const isStill = doing.at === 'within' && now?.stamp === doing.stamp && now.person.role === role;
    if (!isStill) return err('CONSOLE_USER_CHANGED', name);
    if (order.what === OWN_PASSWORD) {
      // an open session is no place to guess the password of who left it
      const verdict = await keeper.enter(name, order.given[0] ?? '');
      if (verdict.is === 'failed') return { ok: false, fault: verdict.fault };
      if (verdict.is === 'locked') return err('CONSOLE_LOCKED', durationText(verdict.pauseMs));
      if (verdict.is === 'wrong') return err('CONSOLE_PASSWORD_WRONG', name);
      if (asking.signal.aborted) return err('CONSOLE_USER_CHANGED', 'given up'); // nobody waits for it to be done
    }
    const answer = await ask(order, asking);
    const renewed = order.what === OWN_PASSWORD && answer.ok ? keeper.admitted(name) : undefined;
    if (renewed) happened({ on: 'renewed', stamp: renewed.stamp });
    return answer;
  };

  return {
    happened: (event: ConsoleEvent) => happened({ on: 'line', event, atMs: clock.monotonic() }),
    isAtPrompt: () => session?.console.isAtPrompt() ?? isOpenLine(state),
  };
}

/** The order by which who is within changes his own password. */
const OWN_PASSWORD = 'user password';
