import type { ListArea } from './lists.ts';

/** Lists as somebody sees them who has some pools: what is in others is not there, and is not counted. */
export function listsInPools(tx: ListArea, pools: readonly string[]): ListArea {
  const both = (asked: readonly string[] | undefined) => (asked ?? pools).filter((pool) => pools.includes(pool));
  return {
    // by ids that were found by one of the others, or of the account as a whole
    keepProperties: tx.keepProperties,
    retainedOf: tx.retainedOf,
    locationsOf: tx.locationsOf,
    pruneLogBefore: tx.pruneLogBefore,
    ewonFieldNames: tx.ewonFieldNames,
    replacementOf: tx.replacementOf,
    replacementsOf: tx.replacementsOf,
    replacementsSince: tx.replacementsSince,
    keepReplacement: tx.keepReplacement,
    ewonPage: (ask) => tx.ewonPage({ ...ask, pools: both(ask.pools) }),
    poolsOfEwons: async () => new Map([...(await tx.poolsOfEwons())].filter(([, pool]) => pools.includes(pool))),
    linkedEwons: (asked) => tx.linkedEwons(both(asked)),
    countEwons: (where) => tx.countEwons({ ...where, pools: both(where.pools) }),
    ewonIds: (where) => tx.ewonIds({ ...where, pools: both(where.pools) }),
    ewonCounts: (asked) => tx.ewonCounts(both(asked)),
    locatedEwons: (asked) => tx.locatedEwons(both(asked)),
    ewonsOfMacs: async (macs) => (await tx.ewonsOfMacs(macs)).filter(({ pool }) => pools.includes(pool)),
    logPage: (ask) => tx.logPage({ ...ask, pools: both(ask.pools) }),
  };
}
