import { useMemo } from 'preact/hooks';
import type { Registration } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Ago, Untrusted } from '../parts.tsx';
import { useReading } from '../patches/reading.ts';
import { TEXTS } from '../texts.ts';
import { DECIDE as T } from '../texts-decide.ts';
import { harmless } from '../words.ts';
import { decideApi } from './decide-api.ts';

type What = 'approve' | 'replace' | 'reject';

type CardProps = {
  readonly told: Told;
  readonly registration: Registration;
  readonly selection: 'selected' | 'not' | undefined;
  readonly onSelect: (to: 'selected' | 'not') => void;
  readonly onChoose: (what: What) => void;
};

/**
 * One Ewon that waits: what a person compares, and the three things he can do.
 * @param selection undefined: it cannot be selected
 * @param onSelect as onChoose: the first one that is given is called, so it may not hang on what changes
 */
export function WaitingCard(props: CardProps) {
  const { registration, selection, told } = props;
  // fifty of them are shown while hundreds are decided, and each decision draws the page anew
  return useMemo(() => drawn(props), [registration, selection, told.nowMs, told.lists.me]);
}

function drawn(props: CardProps) {
  const { registration: r, told, selection } = props;
  const proposed = r.replaces !== null;
  const button = (what: What, label: string, look?: string) => (
    <button type="button" class={look} onClick={() => props.onChoose(what)}>
      {label}
      <span class="unseen">{TEXTS.pending.of(r.serial)}</span>
    </button>
  );
  return (
    <li class="card">
      <header>
        <h3>
          {selection && (
            <input
              type="checkbox"
              aria-label={T.select(r.serial)}
              checked={selection === 'selected'}
              onChange={(event) => props.onSelect(event.currentTarget.checked ? 'selected' : 'not')}
            />
          )}
          <Untrusted text={r.serial} />
        </h3>
        <span class="quiet">
          {T.asked} <Ago at={r.createdAt} nowMs={told.nowMs} />
        </span>
      </header>
      <p class="note">{r.note === '' ? <span class="quiet">{T.noNote}</span> : <Untrusted text={r.note} />}</p>
      {r.replaces !== null && <Proposal told={told} registration={r} deviceId={r.replaces} />}
      <Facts registration={r} />
      {may(told.lists, 'registrations.decide') && (
        <div class="buttons">
          {button('approve', T.approve, proposed ? undefined : 'primary')}
          {may(told.lists, 'ewons.read') && button('replace', T.replace, proposed ? 'primary' : undefined)}
          {button('reject', T.reject, 'danger quiet-button')}
        </div>
      )}
    </li>
  );
}

/** Whose place is proposed; by its name, where the person may see it. */
function Proposal(props: { readonly told: Told; readonly registration: Registration; readonly deviceId: string }) {
  const { told, registration, deviceId } = props;
  const reading = useReading(deviceId, 0, () => decideApi(told.api).ewonOf(registration.serial, deviceId));
  const name = reading.value?.name;
  return <p class="hint">{name === undefined ? T.replaceUnknown : T.replaceKnown(harmless(name))}</p>;
}

function Facts({ registration: r }: { readonly registration: Registration }) {
  const fact = (name: string, value: string, look?: string, hint?: string) => (
    <div>
      <dt>{name}</dt>
      <dd class={look}>
        {value === '' ? TEXTS.none : <Untrusted text={value} />}
        {hint && <small>{hint}</small>}
      </dd>
    </div>
  );
  return (
    <dl>
      {fact(T.fingerprint, r.fingerprint, 'mono strong', T.fingerprintHint)}
      {fact(T.model, r.model)}
      {fact(T.firmware, r.firmware)}
      {fact(T.agent, r.agent)}
      {fact(T.network, r.network, 'mono', T.address(harmless(r.address)))}
      {r.macs.length > 0 && fact(T.macs, r.macs.join(', '), 'mono')}
      {fact(T.key, r.grkId, 'mono')}
      {fact(T.pool, r.pool)}
      {fact(T.cameBy, r.slot === 'console' ? T.console : r.slot, 'mono')}
    </dl>
  );
}
