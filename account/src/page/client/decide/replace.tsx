import type { TargetedSubmitEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Ewon } from '../api-types.ts';
import type { Decision } from '../page.ts';
import { may } from '../page-state.ts';
import { Dialog, DialogButtons, ProblemNotice, useAsking } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { DECIDE, REPLACE as T } from '../texts-decide.ts';
import { harmless } from '../words.ts';
import { type Candidate, decideApi } from './decide-api.ts';
import { EwonChoice } from './ewon-choice.tsx';
import { FindEwon } from './find-ewon.tsx';

/** Lets a person choose whose place the new Ewon takes, the likeliest first, and says what that does before it is done. */
export function ReplaceDialog({ told, registration, onClose, onDone }: Decision) {
  const ask = useAsking();
  const api = decideApi(told.api);
  const { value: candidates, problem } = useReading(registration.id, 0, () => api.candidates(registration.id));
  const [picked, setPicked] = useState<Ewon>();
  const proposed = candidates?.find(({ ewon }) => ewon.deviceId === registration.replaces)?.ewon;
  // what only happens to be offline is never chosen by itself
  const chosen = picked ?? proposed;
  const form = useRef<HTMLFormElement>(null);
  const isRead = candidates !== undefined || problem !== undefined;
  useLayoutEffect(() => {
    // the dialog opened with nothing to choose in it
    const first = form.current?.querySelector<HTMLElement>('input:checked') ?? form.current?.querySelector('input');
    if (isRead) first?.focus();
  }, [isRead]);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (chosen === undefined) return;
    void ask.run(
      () => told.api.replace(registration.id, chosen.deviceId),
      () => onDone(DECIDE.replaced(harmless(chosen.name))),
    );
  };
  const reasonsOf = (deviceId: string): Candidate['reasons'] =>
    candidates?.find(({ ewon }) => ewon.deviceId === deviceId)?.reasons ?? [];
  const choice = (ewon: Ewon, group: 'proposed' | 'found') => (
    <EwonChoice
      key={ewon.deviceId}
      group={group}
      ewon={ewon}
      reasons={reasonsOf(ewon.deviceId)}
      nowMs={told.nowMs}
      isChosen={chosen?.deviceId === ewon.deviceId}
      onChoose={() => setPicked(ewon)}
    />
  );
  return (
    <Dialog title={T.title(registration.serial)} onClose={onClose}>
      <form ref={form} onSubmit={submit}>
        <ProblemNotice problem={problem} />
        {candidates === undefined && problem === undefined && <p class="quiet">{T.reading}</p>}
        {candidates?.length === 0 && <p class="empty">{T.none}</p>}
        {candidates !== undefined && candidates.length > 0 && (
          <fieldset>
            <legend>{T.choose}</legend>
            <div class="choices">{candidates.map(({ ewon }) => choice(ewon, 'proposed'))}</div>
          </fieldset>
        )}
        {isRead && may(told.lists, 'ewons.read') && <FindEwon api={api} choice={(ewon) => choice(ewon, 'found')} />}
        {chosen && <WhatHappens ewon={chosen} fields={told.lists.account.ewonFields} />}
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

/** What replacing an Ewon does. @param fields names of the custom fields, empty where they have none */
function WhatHappens({ ewon, fields }: { readonly ewon: Ewon; readonly fields: readonly string[] }) {
  const moved = [
    [T.name, ewon.name],
    [T.pool, ewon.pool],
    [T.description, ewon.description],
    ...ewon.customFields.map((value, i) => [fields[i] || DECIDE.custom(i + 1), value] as const),
  ] as const;
  return (
    <div class="hint" role="status">
      <p>{T.what(harmless(ewon.name))}</p>
      <ul>
        <li>
          {T.moves}{' '}
          {moved
            .filter(([, value]) => value !== '')
            .map(([what, value]) => `${harmless(what)} “${harmless(value)}”`)
            .join(', ')}
        </li>
        <li>{T.revoked}</li>
        <li>{T.undo}</li>
      </ul>
    </div>
  );
}
