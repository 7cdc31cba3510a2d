import type { Api } from './api.ts';
import type { Counts } from './api-types.ts';
import type { Heard } from './heard.ts';
import { useKeptUp } from './use-kept-up.ts';

/** How many Ewons there are of each kind, right to within a breath. @param isAsked for who may see Ewons */
export function useCounts(api: Api, heard: Heard, readings: number, isAsked: boolean): Counts | undefined {
  const { value } = useKeptUp<Counts>({
    ...{ heard, readings, key: String(isAsked), readAgain: isAsked },
    read: isAsked ? api.counts : undefined,
    change: (counts) => counts,
  });
  return value;
}
