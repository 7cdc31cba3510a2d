import { useState } from 'preact/hooks';
import type { Registration } from './api-types.ts';
import { ApproveDialog } from './approve.tsx';
import type { Told } from './page.ts';
import { may, pendingOf } from './page-state.ts';
import { Ago, Untrusted, useFocusAfter } from './parts.tsx';
import { useReading } from './patches/reading.ts';
import { RejectDialog } from './reject.tsx';
import { ReplaceDialog } from './replace.tsx';
import { TEXTS } from './texts.ts';

const T = TEXTS.pending;
type Choice = { readonly what: 'approve' | 'replace' | 'reject'; readonly registration: Registration };

/** The Ewons that wait for a person, and the three things a person can do about each. */
export function Pending({ told }: { readonly told: Told }) {
  const [choice, setChoice] = useState<Choice>();
  const heading = useFocusAfter();
  const pending = pendingOf(told.lists);
  const off = !told.lists.autoRegistration.enabled;
  const decided = (said: string) => {
    setChoice(undefined);
    heading.focus(); // the button that opened the dialog goes away with its Ewon
    told.say(said);
  };
  const dialog = choice && {
    told,
    registration: choice.registration,
    onClose: () => setChoice(undefined),
    onDone: decided,
  };
  return (
    <section id="waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title" ref={heading.target} tabIndex={-1}>
        {T.title} {pending.length > 0 && <span class="count">{pending.length}</span>}
      </h2>
      <p class="unseen" role="status">
        {T.counted(pending.length)}
      </p>
      {pending.length === 0 && <p class="empty">{off ? T.emptyOff : T.empty}</p>}
      <ul class="cards">
        {pending.map((registration) => (
          <PendingCard
            key={registration.id}
            told={told}
            registration={registration}
            onChoose={(what) => setChoice({ what, registration })}
          />
        ))}
      </ul>
      {choice?.what === 'approve' && dialog && <ApproveDialog {...dialog} />}
      {choice?.what === 'replace' && dialog && <ReplaceDialog {...dialog} />}
      {choice?.what === 'reject' && dialog && <RejectDialog {...dialog} />}
    </section>
  );
}

function PendingCard(props: {
  readonly told: Told;
  readonly registration: Registration;
  readonly onChoose: (what: Choice['what']) => void;
}) {
  const { registration: r, told, onChoose } = props;
  const proposed = r.replaces !== null;
  const { value: candidates } = useReading(r.replaces ?? '', 0, async () =>
    proposed ? told.api.candidates(r.id) : { ok: true, value: [] },
  );
  const old = candidates?.find(({ ewon }) => ewon.deviceId === r.replaces)?.ewon;
  const button = (what: Choice['what'], label: string, look?: string) => (
    <button type="button" class={look} onClick={() => onChoose(what)}>
      {label}
      <span class="unseen">{T.of(r.serial)}</span>
    </button>
  );
  return (
    <li class="card">
      <header>
        <h3>
          <Untrusted text={r.serial} />
        </h3>
        <span class="quiet">
          {T.asked} <Ago at={r.createdAt} nowMs={told.nowMs} />
        </span>
      </header>
      <p class="note">{r.note === '' ? <span class="quiet">{T.noNote}</span> : <Untrusted text={r.note} />}</p>
      {proposed && <p class="hint">{old ? T.replaceKnown(old.name) : T.replaceUnknown}</p>}
      <Facts registration={r} />
      {may(told.lists, 'registrations.decide') && (
        <div class="buttons">
          {button('approve', T.approve, proposed ? undefined : 'primary')}
          {button('replace', T.replace, proposed ? 'primary' : undefined)}
          {button('reject', T.reject, 'danger quiet-button')}
        </div>
      )}
    </li>
  );
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
      {fact(T.network, r.network, 'mono')}
      {fact(T.key, r.grkId, 'mono')}
      {fact(T.cameBy, r.slot === 'console' ? T.console : r.slot, 'mono')}
    </dl>
  );
}
