import { SECOND_MS, type Timestamp, timestampOf } from '@ewon-agent/contracts';
import { askedKeyOf, questionOf } from '../core/geolocate.ts';
import { type Known, locate, type ServiceAnswer, type ServiceQuestion, type Verdict } from '../core/locate.ts';
import { ANSWER_VALID_MS } from '../core/locating.ts';
import type { House } from '../house.ts';
import type { CountryDatabase, PlaceService } from '../ports/places.ts';
import { addressAnswer } from './address-place.ts';
import { beginLooking, keepVerdict, type Looking } from './looking.ts';

/** Looks for the places of Ewons that told something new, one after another, outside the transaction that took it. */
export type Locator = {
  /** Something is due. */
  wake(): void;
  /** Resolves when nothing is due now. */
  settled(): Promise<void>;
  /** Looks for nothing more; resolves when what runs is over. What is due stays so. */
  close(): Promise<void>;
};

/** Where places are looked up. */
export type PlaceSources = { readonly service?: PlaceService; readonly countries: CountryDatabase };
type LocatorHouse = Pick<House, 'store' | 'bus' | 'clock' | 'log'>;

/** What fell due in between is looked for soon, but not in a circle. */
const SOON_MS = SECOND_MS;
/** After a store that failed. */
const STORE_AGAIN_MS = 30 * SECOND_MS;
const AFTER_ALL_TIMES: Timestamp = '9999-12-31T23:59:59.999Z';

/** Starts with what is due. */
export function createLocator(house: LocatorHouse, sources: PlaceSources): Locator {
  const { clock, log } = house;
  let [running, closed, failing] = [undefined as Promise<void> | undefined, false, false];
  let wanted = false;
  let cancel = (): void => {};

  async function run(): Promise<void> {
    cancel();
    while (wanted && !closed) {
      wanted = false;
      for (;;) {
        const looking = closed ? undefined : await beginLooking(house);
        if (!looking) break;
        await keepVerdict(house, looking, await verdictOn(looking));
      }
    }
  }

  async function verdictOn({ deviceId, evidence, known, record, wanIp }: Looking): Promise<Verdict> {
    const service: Partial<Record<ServiceQuestion, ServiceAnswer>> = {};
    const all: Known = {
      ...known,
      address: await addressAnswer(sources.countries, [record.address, wanIp]),
      service: sources.service ? service : 'none',
    };
    for (;;) {
      const verdict = locate(evidence, all);
      if (!verdict.ask || !sources.service) return verdict;
      const question = questionOf(verdict.ask, evidence);
      const key = askedKeyOf(question);
      const since = timestampOf(clock.now() - ANSWER_VALID_MS);
      const kept = await house.store.transact((tx) => tx.answerOf(deviceId, key, since));
      const answer = kept ?? (await sources.service.ask(question));
      service[verdict.ask] = answer;
      if (kept) continue;
      tellService(answer);
      if (answer.is !== 'failed')
        await house.store.transact(async (tx) => {
          // meanwhile it may have become forbidden to know
          const now = await tx.locationOf(deviceId);
          if (now && now.offBy === null) await tx.keepAnswer(deviceId, key, answer, timestampOf(clock.now()));
        });
    }
  }

  /** Down and up again are said once each. */
  function tellService(answer: ServiceAnswer): void {
    if (answer.is === 'failed' && !failing)
      log.write('warn', 'location', 'service failed', { code: 'GEOLOCATE_FAILED', why: answer.why });
    if (answer.is !== 'failed' && failing) log.write('info', 'location', 'service answers again');
    failing = answer.is === 'failed';
  }

  /** Wakes when the next one is due: a service did not answer, or another server took it and did not come to an end. */
  async function arm(): Promise<void> {
    const [left] = await house.store.transact((tx) => tx.dueLocations(AFTER_ALL_TIMES, 1));
    if (!left?.dueAt || closed) return;
    cancel = clock.after(Math.max(Date.parse(left.dueAt) - clock.now(), SOON_MS), wake);
  }

  function wake(): void {
    wanted = true;
    if (closed || running) return;
    running = run()
      .then(arm)
      .catch((cause: unknown) => {
        log.write('error', 'location', 'could not look for places', { cause: String(cause) });
        cancel = clock.after(STORE_AGAIN_MS, wake);
      })
      .finally(() => {
        running = undefined;
        if (wanted) wake();
      });
  }

  wake();
  return {
    wake,
    async settled() {
      while (running) await running;
    },
    async close() {
      closed = true;
      cancel();
      while (running) await running;
      cancel();
    },
  };
}
