import { useMemo, useState } from 'preact/hooks';
import type { Registration } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may, pendingOf } from '../page-state.ts';
import { useFocusAfter } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { DECIDE as T } from '../texts-decide.ts';
import { ApproveDialog } from './approve.tsx';
import { ApproveManyDialog } from './approve-many.tsx';
import { ManyBar } from './many-bar.tsx';
import { RejectDialog } from './reject.tsx';
import { RejectManyDialog } from './reject-many.tsx';
import { ReplaceDialog } from './replace.tsx';
import { ReplacedLately } from './replaced-lately.tsx';
import { WaitingCard } from './waiting-card.tsx';
import { matching, SHOWN_AT_ONCE, selectedAfter } from './waiting-list.ts';

type Choice =
  | { readonly what: 'approve' | 'replace' | 'reject'; readonly registration: Registration }
  | { readonly what: 'approveMany' | 'rejectMany'; readonly chosen: readonly Registration[] };

/** The Ewons that wait for a person, and what a person can do about each, and about many at once. */
export function Pending({ told }: { readonly told: Told }) {
  const [choice, setChoice] = useState<Choice>();
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const heading = useFocusAfter();
  const { registrations } = told.lists;
  const pending = useMemo(() => pendingOf(told.lists), [registrations]);
  const found = useMemo(() => matching(pending, search), [pending, search]);
  const chosen = pending.filter(({ id }) => selected.has(id));
  const decides = may(told.lists, 'registrations.decide');
  const select = (ids: readonly string[], to: 'selected' | 'not') =>
    setSelected((before) => selectedAfter(before, pending, { ids, to }));
  const decided = (said: string) => {
    setChoice(undefined);
    heading.focus(); // the button that opened the dialog goes away with its Ewon
    told.say(said);
  };
  const undone = (said: string) => {
    heading.focus();
    told.say(said);
  };
  const dialog = { told, onClose: () => setChoice(undefined), onDone: decided };
  return (
    <section id="waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title" ref={heading.target} tabIndex={-1}>
        {TEXTS.pending.title} {pending.length > 0 && <span class="count">{pending.length}</span>}
      </h2>
      <p class="unseen" role="status">
        {T.counted(pending.length)}
      </p>
      {pending.length === 0 && <p class="empty">{told.lists.autoRegistration.enabled ? T.empty : T.emptyOff}</p>}
      {(pending.length > 1 || search !== '') && (
        <ManyBar
          search={search}
          onSearch={(words) => {
            setSearch(words);
            setShown(SHOWN_AT_ONCE);
            setSelected(new Set());
          }}
          found={found}
          waiting={pending.length}
          chosen={chosen}
          decides={decides}
          onSelect={select}
          onChoose={(what) => setChoice({ what, chosen })}
        />
      )}
      <ul class="cards">
        {found.slice(0, shown).map((registration) => (
          <WaitingCard
            key={registration.id}
            told={told}
            registration={registration}
            selection={decides && pending.length > 1 ? (selected.has(registration.id) ? 'selected' : 'not') : undefined}
            onSelect={(to) => select([registration.id], to)}
            onChoose={(what) => setChoice({ what, registration })}
          />
        ))}
      </ul>
      {found.length > shown && (
        <div class="buttons">
          <button type="button" onClick={() => setShown(shown + SHOWN_AT_ONCE)}>
            {T.more(found.length - shown)}
          </button>
        </div>
      )}
      {decides && <ReplacedLately told={told} onUndone={undone} />}
      {choice?.what === 'approve' && <ApproveDialog {...dialog} registration={choice.registration} />}
      {choice?.what === 'replace' && <ReplaceDialog {...dialog} registration={choice.registration} />}
      {choice?.what === 'reject' && <RejectDialog {...dialog} registration={choice.registration} />}
      {choice?.what === 'approveMany' && <ApproveManyDialog {...dialog} chosen={choice.chosen} />}
      {choice?.what === 'rejectMany' && <RejectManyDialog {...dialog} chosen={choice.chosen} />}
    </section>
  );
}
