import { useState } from 'preact/hooks';
import type { Grk } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Untrusted } from '../parts.tsx';
import { KEYS as T } from '../texts-keys.ts';
import { ago } from '../words.ts';
import { KeyDialog } from './key-dialog.tsx';
import { KeyRow } from './key-row.tsx';

/** The keys of the account, or of a person's pools: by their ids, never the keys themselves. */
export function Keys(props: {
  readonly told: Told;
  readonly keys: readonly Grk[];
  /** Says what was done, and has the lists read again. */
  readonly onDone: (said: string, focus: 'stays' | 'heading') => void;
}) {
  const { told, keys, onDone } = props;
  const [isAdding, setAdding] = useState(false);
  const manages = may(told.lists, 'keys.manage');
  const revoked = told.lists.grks.filter(({ state }) => state === 'revoked');
  return (
    <>
      <h3>{T.title}</h3>
      <p class="quiet">{T.hint}</p>
      {keys.length === 0 && <p class="empty">{manages ? T.none : T.noneHere}</p>}
      {keys.map((key) => (
        <KeyRow key={key.id} told={told} grk={key} onDone={onDone} />
      ))}
      {manages && (
        <div class="buttons">
          <button type="button" onClick={() => setAdding(true)}>
            {T.add}
          </button>
        </div>
      )}
      {manages && revoked.length > 0 && <Revoked keys={revoked} nowMs={told.nowMs} />}
      {isAdding && (
        <KeyDialog
          told={told}
          onClose={() => setAdding(false)}
          onDone={(grk) => {
            setAdding(false);
            onDone(T.added(grk.id), 'stays');
          }}
        />
      )}
    </>
  );
}

/** Those that are history: with whom some came, and cards that are worthless. */
function Revoked({ keys, nowMs }: { readonly keys: readonly Grk[]; readonly nowMs: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{T.revokedKeys(keys.length)}</summary>
      <ul class="plain">
        {isOpen &&
          keys.map(({ id, revokedAt, note }) => (
            <li key={id}>
              <span class="mono">{id}</span>{' '}
              <span class="quiet">{revokedAt !== null && T.revokedAt(ago(revokedAt, nowMs))}</span>{' '}
              {note !== '' && <Untrusted text={note} />}
            </li>
          ))}
      </ul>
    </details>
  );
}
