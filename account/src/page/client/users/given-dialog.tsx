import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Answer } from '../api.ts';
import type { Permission } from '../api-types.ts';
import type { Told } from '../page.ts';
import { Dialog, DialogButtons, Field, fieldOf, Tick, useAsking } from '../parts.tsx';
import { USERS_TEXTS } from '../texts-users.ts';
import { harmless } from '../words.ts';
import { tickedOf } from './form-values.ts';
import type { Given, GroupsView, TokenApi, TokenGiven } from './users-api.ts';

const T = USERS_TEXTS.groups;

/** A name, what is permitted, and in which pools: what groups and tokens are made of. */
export function GivenDialog<T>(props: {
  readonly told: Told;
  readonly title: string;
  readonly button: string;
  readonly present?: Given & { readonly apis?: readonly TokenApi[] };
  readonly templates?: GroupsView['templates'];
  /** What may be given at all. */
  readonly permissions: readonly Permission[];
  /** Of a token: for which APIs there may be one. */
  readonly apis?: readonly TokenApi[];
  readonly ask: (given: TokenGiven) => Promise<Answer<T>>;
  readonly onClose: () => void;
  readonly onDone: (given: TokenGiven, answer: T) => void;
}) {
  const ask = useAsking();
  const { present, templates = [], apis } = props;
  const [template, setTemplate] = useState('');
  const [pools, setPools] = useState<'all' | 'some'>(present && present.pools !== 'all' ? 'some' : 'all');
  const [lacksPool, sayLacksPool] = useState(false);
  const chosen = templates.find(({ name }) => name === template);
  const ticked: readonly string[] = chosen?.permissions ?? present?.permissions ?? [];
  const begin = (name: string) => {
    setTemplate(name);
    // who is given all pools without a word sees more than he is meant to
    if (name !== '') setPools('some');
  };
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const lacks = pools === 'some' && tickedOf(form, 'pool').length === 0;
    sayLacksPool(lacks);
    if (lacks) return;
    const given: TokenGiven = {
      name: fieldOf(form, 'name'),
      permissions: tickedOf(form, 'permission'),
      pools: pools === 'all' ? 'all' : tickedOf(form, 'pool'),
      ...(apis && { apis: tickedOf(form, 'api') }),
    };
    void ask.run(
      () => props.ask(given),
      (answer) => props.onDone(given, answer),
    );
  };
  const choice = (value: typeof pools, label: string) => (
    <label class="choice">
      <input type="radio" name="pools" checked={pools === value} onChange={() => setPools(value)} />
      <span>{label}</span>
    </label>
  );
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={submit}>
        {templates.length > 0 && (
          <Field label={T.template}>
            {(id) => (
              <select id={id} value={template} onChange={(event) => begin(event.currentTarget.value)}>
                <option value="">{T.noTemplate}</option>
                {templates.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
          </Field>
        )}
        <Field label={T.name}>
          {(id) => (
            <input
              key={template}
              id={id}
              name="name"
              required
              maxLength={100}
              autocomplete="off"
              defaultValue={chosen?.name ?? present?.name ?? ''}
            />
          )}
        </Field>
        <fieldset>
          <legend>{T.permissions}</legend>
          <div class="choices" key={template}>
            {props.permissions.map((permission) => (
              <Tick
                key={permission}
                name="permission"
                value={permission}
                label={USERS_TEXTS.permissions[permission]}
                checked={ticked.includes(permission)}
              />
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>{T.pools}</legend>
          <p class="quiet">{T.poolsHint}</p>
          <div class="choices">
            {choice('all', T.allPools)}
            {choice('some', T.somePools)}
            {pools === 'some' &&
              props.told.lists.pools.map((pool) => (
                <Tick
                  key={pool}
                  name="pool"
                  value={pool}
                  label={harmless(pool)}
                  checked={present?.pools.includes(pool) ?? false}
                />
              ))}
          </div>
        </fieldset>
        {lacksPool && <p role="alert">{T.noPool}</p>}
        {apis && (
          <fieldset>
            <legend>{USERS_TEXTS.tokens.apis}</legend>
            <div class="choices">
              {apis.map((api) => (
                <Tick
                  key={api}
                  name="api"
                  value={api}
                  label={USERS_TEXTS.tokens.api[api]}
                  checked={(present?.apis ?? ['admin']).includes(api)}
                />
              ))}
            </div>
          </fieldset>
        )}
        <DialogButtons label={props.button} ask={ask} />
      </form>
    </Dialog>
  );
}
