import type { Code, EventMessage, Fault, Fingerprint, SlotId, Timestamp } from '@ewon-agent/contracts';
import { CODES, timestampOf } from '@ewon-agent/contracts';
import type { AgentState } from './agent.ts';
import { ledOf, outcomeOf } from './led.ts';
import type { LocationHead } from './location-report.ts';
import type { Link, SlotState } from './model.ts';
import { needsPerson, type Registration } from './registration.ts';
import type { Renewal } from './renewal.ts';

// What `ewon-agent status --json` prints: the state in the words of the people at the board.

/** So many of the newest events are told. */
export const EVENTS_SHOWN = 20;

/** A code with its words. */
export type Told = { readonly code: Code; readonly text: string; readonly next: string; readonly detail: string };

/** An account beside the one an Ewon is in; `last`: why it could not be reached. */
export type OtherAccount = { readonly account: string; readonly directoryUrl: string; readonly last?: Told };

export type AgentStatus = {
  readonly agent: string;
  readonly startCount: number;
  readonly fingerprint: Fingerprint;
  readonly registration: {
    readonly state: AgentState['registration']['at'];
    readonly account?: string;
    readonly directoryUrl?: string;
    readonly grkId?: string;
    readonly deviceId?: string;
    readonly name?: string;
    readonly pool?: string;
    readonly last?: Told & { readonly at?: Timestamp };
    /** The account that it was ordered to, while that is asked. */
    readonly moving?: OtherAccount;
    /** The account that it was in, until that knows that it has moved. */
    readonly former?: OtherAccount;
  };
  readonly uplink: { readonly state: AgentState['uplink']['at']; readonly since?: Timestamp; readonly trouble?: Code };
  readonly slots: readonly {
    readonly slot: SlotId;
    readonly state: 'empty' | 'reading' | 'settled';
    readonly code?: Code;
    readonly text?: string;
    readonly next?: string;
    readonly detail?: string;
    /** What the card asked to be left on it, and how far that is. */
    readonly card?: {
      readonly receipt?: Code;
      readonly wiped?: boolean;
      readonly writing?: true;
      readonly fault?: Told;
    };
  }[];
  readonly led: string;
  /** Whether this Ewon may be located, and what was done about it; absent where that is not configured. Holds no place. */
  readonly location?: LocationHead;
  readonly events: readonly EventMessage[];
};

/** What the machines do not know of themselves. */
export type StatusFacts = {
  readonly agentVersion: string;
  readonly fingerprint: Fingerprint;
  readonly slots: readonly SlotId[];
  readonly bootCount: number;
  readonly location?: LocationHead | undefined;
  readonly events: readonly EventMessage[];
};

/** Words the state for people and programs. Holds no secret. */
export function statusOf(state: AgentState, facts: StatusFacts): AgentStatus {
  return {
    agent: facts.agentVersion,
    startCount: facts.bootCount,
    fingerprint: facts.fingerprint,
    registration: registrationOf(state),
    uplink: uplinkOf(state),
    slots: facts.slots.map((slot) => {
      const present = state.slots[slot] ?? { at: 'empty' };
      const outcome = outcomeOf(present, state.registration);
      return { slot, state: present.at, ...(outcome ? told(outcome.code, outcome.detail) : {}), ...cardOf(present) };
    }),
    led: ledOf(state),
    ...(facts.location && { location: facts.location }),
    events: facts.events,
  };
}

/** Words a status as one line, for `systemctl status`. */
export function statusLine({ registration, uplink, slots }: AgentStatus): string {
  const cards = slots
    .filter(({ state }) => state !== 'empty')
    .map(({ slot, state, code }) => `${slot} ${code ?? state}`);
  return [`registration ${registration.state}`, `uplink ${uplink.state}`, ...cards].join(', ');
}

function registrationOf({ registration, renewal }: AgentState): AgentStatus['registration'] {
  const state = registration.at;
  switch (registration.at) {
    case 'unregistered':
      return {
        state,
        ...(registration.last
          ? { last: told(registration.last.code, registration.last.detail, registration.last.atMs) }
          : {}),
      };
    case 'requesting': {
      const { request, trouble } = registration;
      const known = { state, directoryUrl: request.account.directoryUrl, grkId: request.grkId };
      return trouble ? { ...known, last: told(trouble.code, trouble.detail) } : known;
    }
    case 'joining': {
      const { request, trouble } = registration;
      const { account, wizard } = request;
      const known = { state, account: wizard.account, directoryUrl: account.directoryUrl, name: wizard.name };
      return trouble ? { ...known, last: told(trouble.code, trouble.detail) } : known;
    }
    case 'pending': {
      const { request, account, code, trouble } = registration;
      return {
        state,
        account: account.name,
        directoryUrl: request.account.directoryUrl,
        grkId: request.grkId,
        // an approval would not be heard before a person has seen to the trouble
        last: trouble && needsPerson(trouble) ? told(trouble.code, trouble.detail) : told(code, ''),
      };
    }
    case 'registered':
    case 'forgetting': {
      const { account, deviceId, name, pool } = registration.link;
      const trouble = troubleOf(registration, renewal);
      const last = trouble ? { last: told(trouble.code, trouble.detail) } : {};
      const known = { state, account: account.name, directoryUrl: account.directoryUrl, deviceId, name, pool };
      return { ...known, ...last, ...othersOf(registration) };
    }
  }
}

function othersOf(registration: Registration): Pick<AgentStatus['registration'], 'moving' | 'former'> {
  if (registration.at !== 'registered') return {};
  const { moving, former } = registration;
  const other = ({ name, directoryUrl }: Link['account'], trouble: Fault | undefined): OtherAccount => ({
    ...{ account: name, directoryUrl },
    ...(trouble && { last: told(trouble.code, trouble.detail) }),
  });
  return {
    ...(moving && { moving: other(moving.request.account, moving.trouble) }),
    ...(former && { former: other(former.link.account, former.trouble) }),
  };
}

/** What a person should see to although the Ewon is linked. */
function troubleOf(registration: Registration, renewal: Renewal): Fault | undefined {
  if (registration.at === 'registered' && registration.trouble) return registration.trouble;
  return 'trouble' in renewal && needsPerson(renewal.trouble) ? renewal.trouble : undefined;
}

function cardOf(slot: SlotState): Pick<AgentStatus['slots'][number], 'card'> {
  if (slot.at !== 'settled' || !slot.marks) return {};
  const { wishes, receipt, wiped, writing, fault } = slot.marks;
  return {
    card: {
      ...(receipt && { receipt }),
      ...(wishes.wipe && { wiped: wiped === true }),
      ...(writing && { writing }),
      ...(fault && { fault: told(fault.code, fault.detail) }),
    },
  };
}

function uplinkOf({ uplink }: AgentState): AgentStatus['uplink'] {
  if (uplink.at === 'online') return { state: uplink.at, since: timestampOf(uplink.sinceMs) };
  if (uplink.at === 'waiting') return { state: uplink.at, trouble: uplink.trouble };
  return { state: uplink.at };
}

function told(code: Code, detail: string, atMs?: number) {
  const { text, next } = CODES[code];
  return { code, text, next, detail, ...(atMs === undefined ? {} : { at: timestampOf(atMs) }) };
}
