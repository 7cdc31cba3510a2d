import { OUTBOX_KINDS, type OutboxKind, type OutboxPort } from '@ewon-agent/contracts';
import { type Goes, type OutboxBytes, oldestToGo, telemetryToGo } from '../core/outbox-room.ts';

/** How many messages are looked at for one write that gives some of them up. */
const PIECE = 2000;

/** Gives up what the policy says. */
export type RoomMaker = {
  /** @param gone told how many of which kind are gone from the disk */
  giveUp(bytes: OutboxBytes, gone: (kind: OutboxKind, count: number) => void): void;
  /** Tells the last place that was given, from which the policy knows what the older half is. */
  reached(place: number): void;
};

export function createRoomMaker(port: OutboxPort): RoomMaker {
  let thinnedTo = 0; // begins anew with the process: what is thinned twice then is the oldest
  let newest = 0;

  function choose(kind: OutboxKind, needBytes: number): Goes {
    const oldest = port.oldest(kind, PIECE);
    if (kind !== 'telemetry') return { ...oldestToGo(oldest, needBytes), thinnedTo };
    const unthinned = thinnedTo === 0 ? oldest : port.oldest(kind, PIECE, thinnedTo);
    // until something was accepted by this process the newest place is not known, but it is no lower than this
    const newestPlace = Math.max(newest, (oldest[0]?.place ?? 0) + port.totals().telemetry.count - 1);
    return telemetryToGo({ oldest, unthinned, newestPlace, thinnedTo, needBytes });
  }

  return {
    giveUp(bytes, gone) {
      for (const kind of OUTBOX_KINDS) {
        for (let needBytes = bytes[kind]; needBytes > 0; ) {
          const goes = choose(kind, needBytes);
          // a disk that does not even let go: the append after this finds the same, and says so
          if (goes.places.length === 0 || !port.drop(goes.places).ok) break;
          gone(kind, goes.places.length);
          thinnedTo = goes.thinnedTo;
          needBytes -= goes.bytes;
        }
      }
    },
    reached(place) {
      newest = place;
    },
  };
}
