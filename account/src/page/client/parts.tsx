import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Answer } from './api.ts';
import type { Problem } from './api-types.ts';
import { TEXTS } from './texts.ts';
import { ago, clockTime, harmless } from './words.ts';

// Small parts that every section is made of.

/** Shows text that somebody else wrote: as text only, and kept from turning its surroundings around. */
export function Untrusted({ text }: { readonly text: string }) {
  return <bdi>{harmless(text)}</bdi>;
}

/** Says how long ago, with the exact time for whoever points at it. */
export function Ago({ at, nowMs }: { readonly at: string; readonly nowMs: number }) {
  return (
    <time dateTime={at} title={clockTime(at)}>
      {ago(at, nowMs)}
    </time>
  );
}

/** Shows what the server refused: its code, its sentence, the value it met, and the next step. */
export function ProblemNotice({ problem }: { readonly problem: Problem | undefined }) {
  if (problem === undefined) return null;
  return (
    <div class="problem" role="alert">
      <p>
        <code>{harmless(problem.code)}</code> <Untrusted text={problem.title} />{' '}
        {problem.detail !== '' && <span class="quiet">({harmless(problem.detail)})</span>}
      </p>
      <p>
        <strong>{TEXTS.problem.next}</strong> <Untrusted text={problem.next} />
      </p>
    </div>
  );
}

/**
 * A question in front of the page: keeps the keyboard inside, closes with Escape, gives the focus back.
 * @param onClose called when the person closes it, however
 */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const isLeaving = useRef(false);
  // not useEffect, which ends when the dialog is out of the document already: then it cannot give the focus back
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      isLeaving.current = true; // who took it away knows
      shown?.close();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={() => !isLeaving.current && props.onClose()}>
      <h2 id={titleId}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

/** The last row of a dialog: away without doing anything, or do it. */
export function DialogButtons(props: {
  readonly label: string;
  readonly ask: Asking;
  readonly danger?: true;
  readonly impossible?: boolean;
}) {
  return (
    <>
      <ProblemNotice problem={props.ask.problem} />
      <div class="buttons end">
        <button type="button" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          {TEXTS.cancel}
        </button>
        <button type="submit" class={props.danger ? 'danger' : 'primary'} disabled={props.ask.busy || props.impossible}>
          {props.ask.busy ? TEXTS.working : props.label}
        </button>
      </div>
    </>
  );
}

/** One labelled field of a form. */
export function Field(props: {
  readonly label: string;
  readonly hint?: string;
  readonly children: (id: string) => ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>
        {props.label} {props.hint && <span class="quiet">({props.hint})</span>}
      </label>
      {props.children(id)}
    </div>
  );
}

/** A box to tick, with its label; `name` when the form reads it. */
export function Tick(props: {
  readonly label: string;
  readonly name?: string;
  readonly value?: string;
  readonly checked?: boolean;
}) {
  return (
    <label class="tick">
      <input type="checkbox" name={props.name} value={props.value} defaultChecked={props.checked ?? false} />
      <span>{props.label}</span>
    </label>
  );
}

/** What a form asks of the server: whether it is under way, and what was refused. */
export type Asking = {
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly run: <T>(asked: () => Promise<Answer<T>>, then: (value: T) => void) => Promise<void>;
};

/** Keeps {@link Asking} for one form; a second press while the first is under way does nothing. */
export function useAsking(): Asking {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  return {
    busy,
    problem,
    run: async (asked, then) => {
      if (busy) return;
      setBusy(true);
      setProblem(undefined);
      const answer = await asked();
      setBusy(false);
      if (answer.ok) then(answer.value);
      else setProblem(answer.problem);
    },
  };
}

/**
 * Moves the focus to `target` once what is on the way (a dialog that goes away) is done: in the same turn, so that a reader never
 * finds itself on the page's body in between, as it would when the button that had opened the dialog is gone.
 */
export function useFocusAfter() {
  const target = useRef<HTMLHeadingElement>(null);
  const [times, setTimes] = useState(0);
  useLayoutEffect(() => {
    if (times > 0) target.current?.focus();
  }, [times]);
  return { target, focus: () => setTimes((before) => before + 1) };
}

/** Reads a text field of a form that was sent, trimmed; of the button that sent it as well when `by` names it. */
export function fieldOf(form: HTMLFormElement, name: string, by?: HTMLElement | null): string {
  const value = new FormData(form, by).get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** The head of a table whose last column holds buttons. */
export function ColumnHeads({ columns }: { readonly columns: readonly string[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column} scope="col">
            {column}
          </th>
        ))}
        <th scope="col">
          <span class="unseen">{TEXTS.ewons.actions}</span>
        </th>
      </tr>
    </thead>
  );
}
