import type { TargetedSubmitEvent } from 'preact';
import type { Answer } from '../api.ts';
import { Dialog, DialogButtons, useAsking } from '../parts.tsx';

/** Asks before something is done that cannot be taken back. */
export function ConfirmDialog(props: {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly ask: () => Promise<Answer<unknown>>;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const ask = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void ask.run(props.ask, props.onDone);
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={submit}>
        <p>{props.text}</p>
        <DialogButtons label={props.button} ask={ask} danger />
      </form>
    </Dialog>
  );
}
