import type { TargetedSubmitEvent } from 'preact';
import { type Asking, ProblemNotice } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { IMPORTS } from '../texts-imports.ts';
import { harmless } from '../words.ts';
import type { StepProps, Target } from './import-wizard.tsx';
import type { ImportView } from './imports-api.ts';

const T = IMPORTS.confirm;

/** Says what cannot be taken back before it begins. */
export function ConfirmStep(
  props: StepProps & {
    readonly ask: Asking;
    readonly listed: ImportView;
    readonly target: Target;
    readonly count: number;
    readonly onStart: () => void;
  },
) {
  const { ask, listed, target, count, onStart, onBack } = props;
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onStart();
  };
  return (
    <form onSubmit={submit}>
      <p>
        <strong>{T.summary(count, harmless(listed.source.name), harmless(target.pool))}</strong>
      </p>
      <div class="hint">
        <ul>
          {T.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      </div>
      <ProblemNotice problem={ask.problem} />
      <div class="buttons end">
        <button type="button" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          {TEXTS.cancel}
        </button>
        <button type="button" onClick={onBack} disabled={ask.busy}>
          {IMPORTS.back}
        </button>
        <button type="submit" class="danger" disabled={ask.busy}>
          {ask.busy ? TEXTS.working : T.button(count)}
        </button>
      </div>
    </form>
  );
}
