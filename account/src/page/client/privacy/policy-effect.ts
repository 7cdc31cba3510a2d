import { useEffect, useRef, useState } from 'preact/hooks';
import type { PolicyEffect } from '../../../core/policy-effect.ts';
import type { Problem } from '../api-types.ts';
import type { Told } from '../page.ts';
import { useChangeCount } from '../users/change-count.ts';

/** Ten thousand Ewons may say in one minute that they have heard it: the count is read again at most this often. */
const BREATH_MS = 1500;
/** Ewons that are named; a longer list nobody reads. */
const NAMED_MAX = 50;

/** Tells of Ewons that said something, where the page does not keep them all itself. */
type Hearing = { readonly heard?: { listen(call: () => void): () => unknown } };

/** Keeps how far the policy has come: read again when Ewons said something, one question at a time. */
export function usePolicyEffect(told: Told & Hearing): {
  readonly effect: PolicyEffect | undefined;
  readonly problem: Problem | undefined;
} {
  const { api, lists, heard } = told;
  const [effect, setEffect] = useState<PolicyEffect>();
  const [problem, setProblem] = useState<Problem>();
  const work = useRef({ isDue: false, isBusy: false, isGone: false, askedAtMs: -BREATH_MS });
  const read = async () => {
    const now = work.current;
    now.isDue = true;
    if (now.isBusy) return;
    now.isBusy = true;
    while (now.isDue && !now.isGone) {
      await new Promise((done) => setTimeout(done, Math.max(0, now.askedAtMs + BREATH_MS - performance.now())));
      now.isDue = false;
      now.askedAtMs = performance.now();
      const answer = await api.json<PolicyEffect>(`policy/effect?limit=${NAMED_MAX}`);
      if (now.isGone) return;
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setEffect(answer.value);
    }
    now.isBusy = false;
  };
  const changes = useChangeCount(lists);
  useEffect(() => void read(), [changes]);
  useEffect(() => {
    const end = heard?.listen(() => void read());
    return () => {
      end?.();
    };
  }, [heard]);
  useEffect(
    () => () => {
      work.current.isGone = true;
    },
    [],
  );
  // of the policy before it was changed here, it would say that all have applied what they have not heard of
  const isOld = effect !== undefined && effect.version < lists.policy.version;
  return { effect: isOld ? undefined : effect, problem };
}
