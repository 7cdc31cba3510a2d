import type { TargetedSubmitEvent } from 'preact';
import type { Answer } from '../api.ts';
import type { Registration } from '../api-types.ts';
import { Dialog, DialogButtons, ProblemNotice, Untrusted, useAsking } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { Scrolled } from '../scrolled.tsx';
import { VOIDING as T } from '../texts-keys.ts';
import { clockTime } from '../words.ts';
import type { Worth } from './keys-api.ts';

type Texts = {
  readonly title: string;
  readonly text: string;
  readonly none: string;
  readonly voids: (count: number) => string;
  readonly button: string;
  /** What a key that takes its place is for, and until when; absent where none does. */
  readonly uses?: (max: number | null) => string;
  readonly ends?: (at: string | null) => string;
};
type Voiding<T> = {
  readonly texts: Texts;
  /** Those of them whom the person may see. */
  readonly turnedAway: readonly Registration[];
  /** Reads what hangs on one key. */
  readonly worth?: () => Promise<Answer<Worth>>;
  readonly ask: () => Promise<Answer<T>>;
  readonly onClose: () => void;
  readonly onDone: (value: T) => void;
};

/** Asks before a step that turns waiting Ewons away and makes cards worthless, and tells which and how many. */
export function VoidingDialog<V>({ texts, turnedAway, worth, ask, onClose, onDone }: Voiding<V>) {
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
          !worth && <p class="quiet">{texts.none}</p>
        ) : (
          <div class="hint">
            <p>{texts.voids(turnedAway.length)}</p>
            <Scrolled label={texts.voids(turnedAway.length)}>
              <ul>
                {turnedAway.map((r) => (
                  <li key={r.id}>
                    <Untrusted text={r.note === '' ? r.serial : `${r.serial}: ${r.note}`} />
                  </li>
                ))}
              </ul>
            </Scrolled>
          </div>
        )}
        {worth && <WhatHangsOnIt texts={texts} named={turnedAway.length} read={worth} />}
        <DialogButtons label={texts.button} ask={asking} danger />
      </form>
    </Dialog>
  );
}

/** What the server counts of a key. @param named how many of those that wait stand above */
function WhatHangsOnIt(props: {
  readonly texts: Texts;
  readonly named: number;
  readonly read: () => Promise<Answer<Worth>>;
}) {
  const { texts, named } = props;
  const { value, problem } = useReading('', named, props.read);
  const expiresAt = value?.renewed.expiresAt ?? null;
  return (
    <>
      <ProblemNotice problem={problem} />
      {value && (
        <div role="status">
          <ul class="plain">
            {named === 0 && <li>{value.waiting === 0 ? texts.none : T.turnedAway(value.waiting)}</li>}
            <li>{value.cards === 0 ? T.noCards : T.cards(value.cards)}</li>
            <li>{T.stay(value.ewons)}</li>
            {texts.uses && <li>{texts.uses(value.renewed.usesMax)}</li>}
            {texts.ends && <li>{texts.ends(expiresAt && clockTime(expiresAt))}</li>}
          </ul>
        </div>
      )}
    </>
  );
}
