import type { TargetedSubmitEvent } from 'preact';
import type { Answer } from './api.ts';
import type { Registration } from './api-types.ts';
import { Dialog, DialogButtons, Untrusted, useAsking } from './parts.tsx';

type Texts = {
  readonly title: string;
  readonly text: string;
  readonly none: string;
  readonly voids: (count: number) => string;
  readonly button: string;
};
type Voiding<T> = {
  readonly texts: Texts;
  readonly turnedAway: readonly Registration[];
  readonly ask: () => Promise<Answer<T>>;
  readonly onClose: () => void;
  readonly onDone: (value: T) => void;
};

/** Asks before a step that turns waiting Ewons away, and names each of them. */
export function VoidingDialog<T>({ texts, turnedAway, ask, onClose, onDone }: Voiding<T>) {
  const asking = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void asking.run(ask, onDone);
  };
  return (
    <Dialog title={texts.title} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{texts.text}</p>
        {turnedAway.length === 0 ? (
          <p class="quiet">{texts.none}</p>
        ) : (
          <div class="hint">
            <p>{texts.voids(turnedAway.length)}</p>
            <ul>
              {turnedAway.map((r) => (
                <li key={r.id}>
                  <Untrusted text={r.note === '' ? r.serial : `${r.serial}: ${r.note}`} />
                </li>
              ))}
            </ul>
          </div>
        )}
        <DialogButtons label={texts.button} ask={asking} danger />
      </form>
    </Dialog>
  );
}
