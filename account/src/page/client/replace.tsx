import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Ewon } from './api-types.ts';
import type { Decision } from './page.ts';
import { Dialog, DialogButtons, Untrusted, useAsking } from './parts.tsx';
import { useReading } from './patches/reading.ts';
import { TEXTS } from './texts.ts';
import { ago, harmless } from './words.ts';

const T = TEXTS.replace;

/** Lets a person choose whose place the new Ewon takes, and says what that does before it is done. */
export function ReplaceDialog({ told, registration, onClose, onDone }: Decision) {
  const ask = useAsking();
  const { value } = useReading(registration.id, 0, () => told.api.candidates(registration.id));
  const isFree = (e: Ewon) => e.status !== 'online' || e.deviceId === registration.replaces;
  const candidates = value?.map(({ ewon }) => ewon).filter(isFree);
  const [chosenId, setChosenId] = useState(registration.replaces);
  const chosen = candidates?.find((e) => e.deviceId === chosenId);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (chosen === undefined) return;
    void ask.run(
      () => told.api.replace(registration.id, chosen.deviceId),
      () => onDone(TEXTS.pending.replaced(harmless(chosen.name))),
    );
  };
  const option = (ewon: Ewon) => (
    <label key={ewon.deviceId} class="choice">
      <input
        type="radio"
        name="ewon"
        required
        checked={ewon.deviceId === chosenId}
        onChange={() => setChosenId(ewon.deviceId)}
      />
      <span>
        <strong>
          <Untrusted text={ewon.name} />
        </strong>
        <small>
          {harmless(ewon.serial)} ·{' '}
          {ewon.lastSeen === null ? TEXTS.ewons.notYet : T.lastSeen(ago(ewon.lastSeen, told.nowMs))}
          {ewon.deviceId === registration.replaces && ` · ${T.proposed}`}
        </small>
      </span>
    </label>
  );
  return (
    <Dialog title={T.title(registration.serial)} onClose={onClose}>
      <form onSubmit={submit}>
        {candidates?.length === 0 ? (
          <p class="empty">{T.none}</p>
        ) : (
          <fieldset>
            <legend>{T.choose}</legend>
            <div class="choices">{candidates?.map(option)}</div>
            <p class="quiet">{T.online}</p>
          </fieldset>
        )}
        {chosen && (
          <div class="hint" role="status">
            <p>{T.what(harmless(chosen.name))}</p>
            <ul>
              <li>{T.moves(harmless(chosen.pool))}</li>
              <li>{T.revoked}</li>
              <li>{T.undone}</li>
            </ul>
          </div>
        )}
        <DialogButtons
          label={chosen ? T.button(harmless(chosen.name)) : T.buttonNone}
          ask={ask}
          danger
          impossible={chosen === undefined}
        />
      </form>
    </Dialog>
  );
}
