import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Decision } from '../page.ts';
import { pendingOf } from '../page-state.ts';
import { Dialog, DialogButtons, useAsking } from '../parts.tsx';
import { DECIDE, REJECT as T } from '../texts-decide.ts';
import { harmless } from '../words.ts';

type Which = 'one' | 'key' | 'network';

/** Turns one Ewon away, or all that came with its key or from its network: a stolen key brings many at once. */
export function RejectDialog({ told, registration, onClose, onDone }: Decision) {
  const ask = useAsking();
  const [which, setWhich] = useState<Which>('one');
  const { id, grkId, network } = registration;
  const pending = pendingOf(told.lists);
  const count = {
    one: 1,
    key: pending.filter((r) => r.grkId === grkId).length,
    network: pending.filter((r) => r.network === network).length,
  };
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const asked = {
      one: () => told.api.reject(id),
      key: () => told.api.rejectAll({ grkId }),
      network: () => told.api.rejectAll({ network }),
    };
    void ask.run(asked[which], () => onDone(DECIDE.rejected(count[which])));
  };
  const choice = (value: Which, label: string) => (
    <label class="choice">
      <input type="radio" name="which" checked={which === value} onChange={() => setWhich(value)} />
      <span>{label}</span>
    </label>
  );
  return (
    <Dialog title={T.title(registration.serial)} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{T.text}</p>
        {pending.length > 1 && (
          <fieldset>
            <legend>{T.which}</legend>
            <div class="choices">
              {choice('one', T.one)}
              {count.key > 1 && choice('key', T.byKey(count.key, harmless(grkId)))}
              {count.network > 1 && choice('network', T.byNetwork(count.network, harmless(network)))}
            </div>
          </fieldset>
        )}
        <DialogButtons label={T.button} ask={ask} danger />
      </form>
    </Dialog>
  );
}
