import type { TargetedSubmitEvent } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Problem } from '../api-types.ts';
import type { Decision } from '../page.ts';
import { Dialog, DialogButtons, Field, fieldOf, Untrusted, useAsking } from '../parts.tsx';
import { DECIDE, APPROVE as T } from '../texts-decide.ts';
import { harmless, proposedNames } from '../words.ts';
import { decideApi } from './decide-api.ts';
import { NameField } from './name-field.tsx';
import { PoolSelect } from './pool-select.tsx';

type Refused = { readonly name: string; readonly problem: Problem };

/** Asks for the properties of a new Ewon, as Ecatcher's "Approve this Ewon" does. */
export function ApproveDialog({ told, registration, onClose, onDone }: Decision) {
  const ask = useAsking();
  const { account } = told.lists;
  const names = useMemo(() => proposedNames(registration), [registration.id]);
  const [pool, setPool] = useState(registration.pool);
  const [refused, setRefused] = useState<Refused>();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = (name: string) => fieldOf(form, name);
    const properties = {
      ...{ name: text('name'), pool: text('pool'), description: text('description') },
      customFields: [text('custom1'), text('custom2'), text('custom3')] as const,
    };
    const approve = async () => {
      const answer = await told.api.approve(registration.id, properties);
      const isTaken = !answer.ok && answer.problem.code === 'NAME_TAKEN';
      setRefused(isTaken ? { name: properties.name, problem: answer.problem } : undefined);
      if (isTaken) form.querySelector<HTMLInputElement>('input[name=name]')?.focus();
      return answer;
    };
    void ask.run(approve, () => onDone(DECIDE.approved(harmless(properties.name))));
  };
  // a name that is taken stands beside its field
  const rest = ask.problem?.code === 'NAME_TAKEN' ? { ...ask, problem: undefined } : ask;
  return (
    <Dialog title={T.title(registration.serial)} onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          {T.compare}{' '}
          <strong class="mono">
            <Untrusted text={registration.fingerprint} />
          </strong>
        </p>
        <NameField
          names={names}
          about={pool}
          refused={refused}
          look={(name) => decideApi(told.api).tryApproval(registration.id, { name, pool })}
        />
        <PoolSelect label={T.pool} pools={told.lists.pools} value={pool} onChange={setPool} />
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
            <Field key={n} label={harmless(account.ewonFields[n - 1] ?? '') || DECIDE.custom(n)}>
              {(id) => <input id={id} name={`custom${n}`} maxLength={255} autocomplete="off" />}
            </Field>
          ))}
        </div>
        <DialogButtons label={T.button} ask={rest} />
      </form>
    </Dialog>
  );
}
