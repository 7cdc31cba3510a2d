import type { TargetedSubmitEvent } from 'preact';
import { Dialog, Untrusted } from '../parts.tsx';
import { Scrolled } from '../scrolled.tsx';
import { DECIDE, REJECT, REJECT_MANY as T } from '../texts-decide.ts';
import { useBulk } from '../use-bulk.ts';
import type { ManyDecision } from './approve-many.tsx';
import { BulkButtons } from './bulk-buttons.tsx';
import { BulkPart } from './bulk-part.tsx';

/** Rejects many, and names each first. */
export function RejectManyDialog({ told, chosen, onClose, onDone }: ManyDecision) {
  const { bulk, run, stop } = useBulk(told.api);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const order = { do: 'reject', registrations: chosen.map(({ id }) => id) };
    const ended = await run('registrations/bulk', order, chosen.length);
    if (ended.at === 'ended' && ended.failures.length === 0 && !ended.problem) onDone(DECIDE.rejected(ended.done));
  };
  const close = () => (bulk.at === 'idle' ? onClose() : onDone(DECIDE.rejected(bulk.done - bulk.failures.length)));
  return (
    <Dialog title={T.title(chosen.length)} onClose={close}>
      <form onSubmit={(event) => void submit(event)}>
        {bulk.at === 'idle' && (
          <>
            <p>{REJECT.text}</p>
            <Scrolled label={T.list}>
              <ul>
                {chosen.map(({ id, serial, note }) => (
                  <li key={id}>
                    <Untrusted text={note === '' ? serial : `${serial}: ${note}`} />
                  </li>
                ))}
              </ul>
            </Scrolled>
          </>
        )}
        <BulkPart bulk={bulk} nameOf={(id) => chosen.find((one) => one.id === id)?.serial ?? id} />
        <BulkButtons bulk={bulk} label={T.button(chosen.length)} danger onStop={stop} />
      </form>
    </Dialog>
  );
}
