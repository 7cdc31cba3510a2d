import { type Code, type DeviceId, distanceM, type Timestamp } from '@ewon-agent/contracts';
import type { AlarmRecord } from './alarms.ts';
import type { Location } from './location.ts';
import type { Place } from './message-order.ts';

// Whether an Ewon is where it belongs. That is the first place it was found at, or the one at which a person said that it
// is in order (by acknowledging the alarm). It is compared with that and not with the place before: who carries a machine
// off in small steps has moved it all the same.

/** Nearer is no move, however exact the places are: a yard, a ship at its berth, a receiver among tall buildings. */
export const MOVED_MIN_M = 1000;
/** The alarm of an Ewon that is not where it belongs. */
export const MOVED: Code = 'LOCATION_MOVED';

/** How an Ewon stands to its home. `home` may have become more exact. */
export type MoveVerdict = { readonly is: 'there' | 'away'; readonly home: Location; readonly distanceM: number };

/** Compares a place with the home. Places whose circles overlap may be the same one, so a country is no move from a cell in it. */
export function judgeMove(home: Location | null, now: Location): MoveVerdict {
  if (!home) return { is: 'there', home: now, distanceM: 0 };
  const metres = distanceM(home, now);
  const isAway = metres > home.accuracy + now.accuracy && metres > MOVED_MIN_M;
  if (isAway) return { is: 'away', home, distanceM: metres };
  // much more exact only: otherwise it would creep along with each little step
  return { is: 'there', home: now.accuracy < home.accuracy / 2 ? now : home, distanceM: metres };
}

/** The alarm after a verdict; undefined when nothing changes. @param known the one there was */
export function movedAlarm(
  known: AlarmRecord | undefined,
  { is }: Pick<MoveVerdict, 'is'>,
  said: Place & { readonly deviceId: DeviceId; readonly text: string; readonly at: Timestamp },
): AlarmRecord | undefined {
  if (is === 'there') return known?.open ? { ...known, open: false, lastAt: said.at } : undefined;
  const { at, ...rest } = said;
  const [openedAt, count] = known?.open ? [known.openedAt, known.count + 1] : [at, 1];
  return { ...rest, code: MOVED, severity: 'error', open: true, openedAt, lastAt: at, count };
}
