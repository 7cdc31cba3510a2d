import {
  type ClockPort,
  type LogPort,
  type Millis,
  type RandomPort,
  SECOND_MS,
  toBase64url,
  toUtf8,
} from '@ewon-agent/contracts';
import type { Client } from 'pg';
import type { Change } from '../bus.ts';
import { noticesOf, readPiece, takePiece, type Unfinished } from '../core/notices.ts';
import { PLACES, type Siblings } from '../ports/siblings.ts';
import type { MakeClient } from '../store/pool-postgres.ts';

/** What joins servers of one account. */
export type JoinOptions = {
  readonly makeClient: MakeClient;
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly log: LogPort;
  /** `shared`: others may serve beside it; `alone`: it cannot share its devices, as its broker is its own. */
  readonly serves: 'shared' | 'alone';
  /** Takes what another server told; `missed` when some of it may have been lost. */
  onChange(change: Change | 'missed'): void;
};

/** How often the connection is tried, and the lead asked for. */
const LOOK_EVERY_MS: Millis = 2 * SECOND_MS;
/** An answer that takes longer is none: the connection is dead. */
const ANSWER_TIMEOUT_MS: Millis = 10 * SECOND_MS;
/** So often in turn the place may be another's, while the end of our session of before is on its way. */
const REFUSALS_MAX = 5;
/** Changes that wait to be told; beyond that the others read anew, which costs less. */
const WAITING_MAX = 5000;

const CHANNEL = 'ewon_account';
/** First half of the advisory locks; the second half says which. */
const LOCKS = 0x65776f6e;
const LEAD = 0;
const SERVING = 1;
const FIRST_PLACE = 100;

/**
 * Takes a place among the servers on one PostgreSQL. A connection of its own holds the locks (of the place, and of the
 * lead), listens and tells: the locks end with the process, whatever ends it.
 * @throws with the code ACCOUNT_RUNNING_ALREADY when there is no place, or one of them must serve alone
 */
export async function joinSiblings(options: JoinOptions): Promise<Siblings> {
  const { makeClient, clock, log, onChange } = options;
  const self = toBase64url(options.random.bytes(9));
  const displaced = Promise.withResolvers<void>();
  const leadListeners = new Set<(leads: boolean) => void>();
  let client: Client | undefined;
  let leads = false;
  let closed = false;
  let cancel = (): void => {};
  let looking: Promise<void> = Promise.resolve();
  let unfinished: Unfinished = {};
  let waiting: Change[] = [];
  let missed = false;
  let telling: Promise<void> | undefined;
  let refusals = 0;

  function setLeads(now: boolean): void {
    if (leads === now) return;
    leads = now;
    log.write('info', 'siblings', now ? 'this server leads' : 'this server leads no longer', { place });
    for (const listener of [...leadListeners]) listener(now);
  }
  function pass(change: Change | 'missed'): void {
    try {
      onChange(change);
    } catch (cause) {
      log.write('error', 'siblings', 'not everybody was told', { cause: String(cause) });
    }
  }
  function heard(payload: string | undefined): void {
    const piece = readPiece(toUtf8(payload ?? ''));
    if (!piece.ok || piece.value.from === self) return;
    const taken = takePiece(unfinished, piece.value);
    unfinished = taken.unfinished;
    const whole = taken.torn ? '"missed"' : (taken.whole ?? '[]');
    const told: readonly Change[] | 'missed' = JSON.parse(whole); // what a server of our own wrote
    for (const change of told === 'missed' ? [told] : told) pass(change);
  }
  function drop(of: Client): void {
    of.end().catch(() => {}); // it is given up for what failed before, and that is told
    if (client !== of) return;
    client = undefined;
    if (waiting.length > 0) missed = true;
    waiting = [];
    if (closed) return;
    log.write('warn', 'siblings', 'the connection to the other servers was lost', { place });
    setLeads(false);
  }

  async function connect(wanted: readonly number[]): Promise<number> {
    const made = makeClient(ANSWER_TIMEOUT_MS);
    made.on('error', () => drop(made));
    made.on('end', () => drop(made));
    made.on('notification', ({ payload }) => heard(payload));
    try {
      await made.connect();
      await endFormerSession(made, `ewon-account ${self}`);
      const how = options.serves === 'shared' ? '_shared' : '';
      if (!(await tryLock(made, SERVING, how))) throw taken('another server runs on this database');
      const mine = await takePlace(made, wanted);
      if (mine === undefined) throw taken('no place is free');
      await made.query(`listen ${CHANNEL}`);
      unfinished = {};
      client = made;
      return mine;
    } catch (cause) {
      drop(made);
      throw cause;
    }
  }

  async function look(): Promise<void> {
    if (!client) {
      await connect([place]);
      refusals = 0;
      log.write('info', 'siblings', 'connected to the other servers again', { place });
      missed = true;
      pass('missed');
      tellWaiting();
    }
    const now = client;
    if (!now) return;
    try {
      if (leads) await now.query('select 1');
      else if (await tryLock(now, LEAD, '')) setLeads(true);
    } catch (cause) {
      drop(now);
      throw cause;
    }
  }
  function failed(cause: unknown): void {
    // a connection that is lost was told already; a place that another has is another's for good
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'ACCOUNT_RUNNING_ALREADY') return;
    refusals += 1;
    if (refusals < REFUSALS_MAX) return;
    log.write('error', 'siblings', 'another server has taken the place of this one', { place });
    displaced.resolve();
  }
  function arm(): void {
    if (closed) return;
    cancel = clock.after(LOOK_EVERY_MS, () => {
      looking = look().catch(failed).then(arm);
    });
  }
  function tellWaiting(): void {
    telling ??= tellAll()
      .catch(() => {
        missed = true; // the connection is gone, and the others are told once there is another
      })
      .then(() => {
        telling = undefined;
      });
  }
  async function tellAll(): Promise<void> {
    while (client && (missed || waiting.length > 0)) {
      const text = JSON.stringify(missed ? 'missed' : waiting);
      missed = false;
      waiting = [];
      await client.query('select pg_notify($1, n) from unnest($2::text[]) with ordinality as t(n, i) order by i', [
        CHANNEL,
        noticesOf(self, text),
      ]);
    }
  }

  const place = await connect(Array.from({ length: PLACES }, (_, i) => i));
  await look();
  arm();
  return {
    place,
    tell(change) {
      if (!client || waiting.length >= WAITING_MAX) missed = true;
      else waiting.push(change);
      if (client) tellWaiting();
    },
    get leads() {
      return leads;
    },
    watchLead(listener) {
      leadListeners.add(listener);
      return () => leadListeners.delete(listener);
    },
    displaced: displaced.promise,
    async close() {
      closed = true;
      cancel();
      await looking;
      await telling;
      await client?.end();
    },
  };
}

async function takePlace(client: Client, wanted: readonly number[]): Promise<number | undefined> {
  for (const place of wanted) if (await tryLock(client, FIRST_PLACE + place, '')) return place;
  return undefined;
}

/** Our own session of before, which the server may not have noticed to be gone, would hold our locks against us. */
async function endFormerSession(client: Client, name: string): Promise<void> {
  const former = 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1';
  await client.query(former, [name]);
  await client.query("select set_config('application_name', $1, false)", [name]);
}

async function tryLock(client: Client, which: number, how: '' | '_shared'): Promise<boolean> {
  const { rows } = await client.query(`select pg_try_advisory_lock${how}($1::int, $2::int) as got`, [LOCKS, which]);
  return rows[0]?.got === true;
}

function taken(why: string): Error {
  return Object.assign(new Error(why), { code: 'ACCOUNT_RUNNING_ALREADY' });
}
