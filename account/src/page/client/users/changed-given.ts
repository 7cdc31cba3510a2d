import { changedMembers } from '../changed.ts';
import type { TokenGiven } from './users-api.ts';

/** What a dialog changes of a group or a token; in another order it is the same. */
export function changedGiven(before: TokenGiven, now: TokenGiven): Partial<TokenGiven> {
  return changedMembers(inOrder(before), inOrder(now));
}

function inOrder({ name, permissions, pools, apis = [] }: TokenGiven) {
  const inPools = pools === 'all' ? pools : pools.toSorted();
  return { name, permissions: permissions.toSorted(), pools: inPools, apis: apis.toSorted() };
}
