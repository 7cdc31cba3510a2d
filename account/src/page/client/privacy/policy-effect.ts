import { useEffect, useRef } from 'preact/hooks';
import type { PolicyEffect } from '../../../core/policy-effect.ts';
import type { Problem } from '../api-types.ts';
import { useKeptReading } from '../kept-reading.ts';
import type { Told } from '../page.ts';
import { useChangeCount } from '../users/change-count.ts';

/** Ten thousand Ewons may say in one minute that they have heard it: the count is read again at most this often. */
const BREATH_MS = 1500;
/** Ewons that are named; a longer list nobody reads. */
const NAMED_MAX = 50;

/** Keeps how far the policy has come: read again when Ewons said something. @param isSeen nobody asks for what nobody sees */
export function usePolicyEffect(
  told: Told,
  isSeen: boolean,
): {
  readonly effect: PolicyEffect | undefined;
  readonly problem: Problem | undefined;
} {
  const { api, lists, heard } = told;
  const read = () => api.json<PolicyEffect>(`policy/effect?limit=${NAMED_MAX}`);
  const seenWith = useRef(lists);
  if (isSeen) seenWith.current = lists;
  const { value, problem, again } = useKeptReading(useChangeCount(seenWith.current), BREATH_MS, read);
  useEffect(() => {
    if (!isSeen) return;
    again(); // what was said meanwhile
    return heard.listen(again);
  }, [heard, isSeen]);
  // of the policy before it was changed here, it would say that all have applied what they have not heard of
  const isOld = value !== undefined && value.version < lists.policy.version;
  return { effect: isOld ? undefined : value, problem };
}
