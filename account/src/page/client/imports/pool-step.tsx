import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { Field, fieldOf } from '../parts.tsx';
import { IMPORTS } from '../texts-imports.ts';
import { harmless } from '../words.ts';
import type { StepProps, Target } from './import-wizard.tsx';
import type { ImportView } from './imports-api.ts';
import { StepButtons } from './step-buttons.tsx';

const T = IMPORTS.pool;

/** A pool of this account, or a new one. */
export function PoolStep(
  props: Omit<StepProps, 'onBack'> & {
    readonly listed: ImportView;
    readonly target: Target;
    readonly onTarget: (target: Target) => void;
    readonly onNext: () => void;
  },
) {
  const { told, listed, target, onTarget, onNext } = props;
  const [isNew, setNew] = useState(target.newPool);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onTarget({ pool: fieldOf(event.currentTarget, 'pool'), newPool: isNew });
    onNext();
  };
  const choice = (value: boolean, label: string) => (
    <label class="choice">
      <input type="radio" name="kind" checked={isNew === value} onChange={() => setNew(value)} />
      <span>{label}</span>
    </label>
  );
  return (
    <form onSubmit={submit}>
      <fieldset>
        <legend>{T.text(harmless(listed.source.name))}</legend>
        <div class="choices">
          {choice(false, T.existing)}
          {choice(true, T.fresh)}
        </div>
      </fieldset>
      {isNew ? (
        <Field key="new" label={T.freshName}>
          {(id) => (
            <input
              id={id}
              name="pool"
              required
              maxLength={100}
              autocomplete="off"
              defaultValue={target.newPool ? target.pool : ''}
            />
          )}
        </Field>
      ) : (
        <Field key="pool" label={T.pool}>
          {(id) => (
            <select id={id} name="pool">
              {told.lists.pools.map((pool) => (
                <option key={pool} value={pool} selected={pool === target.pool}>
                  {harmless(pool)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <p class="quiet">{T.permissions}</p>
      <StepButtons />
    </form>
  );
}
