import { useState } from 'preact/hooks';
import type { AutoRegistration } from '../api-types.ts';
import { PoolSelect } from '../decide/pool-select.tsx';
import type { Told } from '../page.ts';
import { voidedBy } from '../page-state.ts';
import { ProblemNotice, useAsking } from '../parts.tsx';
import { SWITCH_OFF, AUTO as T } from '../texts-keys.ts';
import { harmless } from '../words.ts';
import { VoidingDialog } from './voiding.tsx';

/** Switches auto-registration, and sets the pool that new Ewons go to. Switching off asks first: it turns who waits away. */
export function DoorSwitch({ told }: { readonly told: Told }) {
  const [question, setQuestion] = useState(false);
  const ask = useAsking();
  const { autoRegistration: auto, pools } = told.lists;
  const done = (said: string) => {
    setQuestion(false);
    told.say(said);
    told.reload();
  };
  const set = (change: Partial<AutoRegistration>, said: string) =>
    void ask.run(
      () => told.api.changeAutoRegistration(change),
      () => done(said),
    );
  const press = () => (auto.enabled ? setQuestion(true) : set({ enabled: true }, T.switchedOn));
  const choose = (pool: string) => set({ pool }, T.poolSaved(harmless(pool)));
  return (
    <>
      <div class="line">
        <span class={auto.enabled ? 'state online' : 'state offline'}>{auto.enabled ? T.on : T.off}</span>
        <button type="button" disabled={ask.busy} onClick={press}>
          {auto.enabled ? T.switchOff : T.switchOn}
        </button>
      </div>
      <PoolSelect label={T.pool} hint={T.poolHint} pools={pools} value={auto.pool} onChange={choose} />
      <ProblemNotice problem={ask.problem} />
      {question && (
        <VoidingDialog
          texts={SWITCH_OFF}
          turnedAway={voidedBy(told.lists)}
          onClose={() => setQuestion(false)}
          ask={() => told.api.changeAutoRegistration({ enabled: false })}
          onDone={() => done(T.switchedOff)}
        />
      )}
    </>
  );
}
