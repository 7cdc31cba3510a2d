import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { unknownPartOf } from '../../../core/name-template.ts';
import type { Registration } from '../api-types.ts';
import type { Told } from '../page.ts';
import { Dialog, Field, fieldOf } from '../parts.tsx';
import { APPROVE_MANY as T } from '../texts-decide.ts';
import { useBulk } from '../use-bulk.ts';
import { harmless } from '../words.ts';
import { BulkButtons } from './bulk-buttons.tsx';
import { BulkPart } from './bulk-part.tsx';
import { NamesPreview } from './names-preview.tsx';
import { PoolSelect } from './pool-select.tsx';

/** Notes name what a card was written for, and serials tell Ewons with one note apart. */
const TEMPLATE = '{note} {serial}';
const TEMPLATE_MAX_CHARACTERS = 200;

export type ManyDecision = {
  readonly told: Told;
  /** Those that were selected when the dialog was opened: decided ones leave the list while it is open. */
  readonly chosen: readonly Registration[];
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
};

/** Approves many with names by a template, and shows these names first. */
export function ApproveManyDialog({ told, chosen, onClose, onDone }: ManyDecision) {
  const { bulk, run, stop } = useBulk(told.api);
  const [template, setTemplate] = useState(TEMPLATE);
  const [pool, setPool] = useState('');
  const registrations = chosen.map(({ id }) => id);
  const order = { do: 'approve', registrations, template: template.trim(), set: pool === '' ? {} : { pool } } as const;
  const unknown = unknownPartOf(order.template);
  const fault = order.template === '' ? T.noTemplate : unknown && T.unknownPart(harmless(unknown));
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const description = fieldOf(event.currentTarget, 'description');
    const whole = { ...order, set: { ...order.set, ...(description && { description }) } };
    const ended = await run('registrations/bulk', whole, registrations.length);
    if (ended.at === 'ended' && ended.failures.length === 0 && !ended.problem) onDone(T.done(ended.done));
  };
  const close = () => (bulk.at === 'idle' ? onClose() : onDone(T.done(bulk.done - bulk.failures.length)));
  const nameOf = (id: string) => chosen.find((one) => one.id === id)?.serial ?? id;
  return (
    <Dialog title={T.title(chosen.length)} onClose={close}>
      <form onSubmit={(event) => void submit(event)}>
        {bulk.at === 'idle' && (
          <>
            <p class="hint">{T.warning}</p>
            <Field label={T.template} hint={T.templateHint}>
              {(id) => (
                <input
                  id={id}
                  required
                  maxLength={TEMPLATE_MAX_CHARACTERS}
                  value={template}
                  onInput={(event) => setTemplate(event.currentTarget.value)}
                  autocomplete="off"
                />
              )}
            </Field>
            <PoolSelect label={T.pool} none={T.ownPool} pools={told.lists.pools} value={pool} onChange={setPool} />
            <Field label={T.description}>
              {(id) => <input id={id} name="description" maxLength={255} autocomplete="off" />}
            </Field>
            <NamesPreview api={told.api} order={order} fault={fault} nameOf={nameOf} />
          </>
        )}
        <BulkPart bulk={bulk} nameOf={nameOf} />
        <BulkButtons bulk={bulk} label={T.button(chosen.length)} impossible={fault !== undefined} onStop={stop} />
      </form>
    </Dialog>
  );
}
