import type { TargetedSubmitEvent } from 'preact';
import type { Decision } from './page.ts';
import { Dialog, DialogButtons, Field, fieldOf, Untrusted, useAsking } from './parts.tsx';
import { useReading } from './patches/reading.ts';
import { TEXTS } from './texts.ts';
import { harmless, proposedName } from './words.ts';

const T = TEXTS.approve;

/** Asks for the properties of a new Ewon, as Ecatcher's "Approve this Ewon" does. */
export function ApproveDialog({ told, registration, onClose, onDone }: Decision) {
  const ask = useAsking();
  const { account, pools, autoRegistration } = told.lists;
  const alike = useReading(registration.id, 0, () => told.api.ewonsWith(registration.note || registration.serial));
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = (name: string) => fieldOf(event.currentTarget, name);
    const properties = {
      name: text('name'),
      pool: text('pool'),
      description: text('description'),
      customFields: [text('custom1'), text('custom2'), text('custom3')] as const,
    };
    void ask.run(
      () => told.api.approve(registration.id, properties),
      () => onDone(TEXTS.pending.approved(properties.name)),
    );
  };
  if (!alike.value && !alike.problem) return null; // names that are taken are not proposed
  const name = proposedName(registration, alike.value?.rows.map((e) => e.name) ?? []);
  return (
    <Dialog title={T.title(registration.serial)} onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          {T.compare}{' '}
          <strong class="mono">
            <Untrusted text={registration.fingerprint} />
          </strong>
        </p>
        <Field label={T.name}>
          {(id) => <input id={id} name="name" required maxLength={100} defaultValue={name} autocomplete="off" />}
        </Field>
        <Field label={T.pool}>
          {(id) => (
            <select id={id} name="pool">
              {pools.map((pool) => (
                <option key={pool} value={pool} selected={pool === autoRegistration.pool}>
                  {harmless(pool)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={T.description}>
          {(id) => (
            <input
              id={id}
              name="description"
              maxLength={255}
              defaultValue={harmless(registration.note)}
              autocomplete="off"
            />
          )}
        </Field>
        <div class="three">
          {[1, 2, 3].map((n) => (
            <Field key={n} label={harmless(account.ewonFields[n - 1] ?? '') || T.custom(n)}>
              {(id) => <input id={id} name={`custom${n}`} maxLength={255} autocomplete="off" />}
            </Field>
          ))}
        </div>
        <DialogButtons label={T.button} ask={ask} />
      </form>
    </Dialog>
  );
}
