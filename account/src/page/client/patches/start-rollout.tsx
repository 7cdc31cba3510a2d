import type { TargetedSubmitEvent } from 'preact';
import type { Answer } from '../api.ts';
import type { Ewon, RolloutOrder } from '../api-types.ts';
import type { Told } from '../page.ts';
import { Dialog, DialogButtons, Field, fieldOf, useAsking } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { harmless } from '../words.ts';

const T = TEXTS.startRollout;

/** Asks how a patch is rolled out, and begins. What is missing or wrong the server says. */
export function StartRollout(props: {
  readonly told: Told;
  readonly path: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { told, path } = props;
  const ask = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    void ask.run(() => start(told, path, (name) => fieldOf(form, name)), props.onDone);
  };
  const field = (name: string, label: string, hint: string, value: string) => (
    <Field label={label} hint={hint}>
      {(id) => <input id={id} name={name} defaultValue={value} autocomplete="off" />}
    </Field>
  );
  return (
    <Dialog title={T.title(harmless(path))} onClose={props.onClose}>
      <form onSubmit={submit}>
        <p>{T.text}</p>
        {field('first', T.first, T.firstHint, '')}
        {field('groups', T.groups, T.groupsHint, '10, 50, 100')}
        {field('success', T.success, T.successHint, '90')}
        {field('failures', T.failures, T.failuresHint, '0')}
        <DialogButtons label={T.button} ask={ask} />
      </form>
    </Dialog>
  );
}

async function start(told: Told, path: string, said: (name: string) => string): Promise<Answer<unknown>> {
  const first: Ewon['deviceId'][] = [];
  for (const name of wordsOf(said('first'))) {
    // a name may have a comma in it; a serial has none
    const called = await told.api.ewonCalled(name);
    if (!called.ok) return called;
    const found = called.value ? undefined : await told.api.ewonsWith(name);
    if (found && !found.ok) return found;
    const ewon = called.value ?? found?.value.rows.find(({ serial }) => serial === name);
    if (!ewon)
      return {
        ok: false,
        status: 0,
        problem: { code: 'NOT_FOUND', title: T.unknown, detail: name, next: T.unknownNext },
      };
    first.push(ewon.deviceId);
  }
  const order: RolloutOrder = {
    ...{ path, first, percents: wordsOf(said('groups')).map(Number) },
    ...{ successPercent: Number(said('success')), failuresMax: Number(said('failures')) },
  };
  return told.api.startRollout(order);
}

function wordsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
