import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Ewon, Wan } from './api-types.ts';
import type { Told } from './page.ts';
import { found, may } from './page-state.ts';
import { Ago, ColumnHeads, Dialog, DialogButtons, Untrusted, useAsking, useFocusAfter } from './parts.tsx';
import { patchWord } from './patches/patch-words.ts';
import { TEXTS } from './texts.ts';
import { harmless } from './words.ts';

const T = TEXTS.ewons;
/** A list of this length is read at a glance; a longer one wants a search. */
const SEARCH_FROM = 6;
/** A table of thousands of rows takes a second to draw and is read by nobody; more come when they are asked for. */
const ROWS_AT_ONCE = 50;

/** The Ewons of the account, with their state; removing one asks first. */
export function Ewons({ told }: { readonly told: Told }) {
  const [search, setSearch] = useState('');
  const [removing, setRemoving] = useState<Ewon>();
  const [rows, setRows] = useState(ROWS_AT_ONCE);
  const heading = useFocusAfter();
  const { pointedOut } = told;
  const { ewons } = told.lists;
  const shown = useMemo(() => found(told.lists, search), [told.lists, search]);
  useEffect(() => {
    const ewon = ewons.find(({ deviceId }) => pointedOut?.at === 'ewons' && deviceId === pointedOut.deviceId);
    if (!ewon) return;
    setSearch(ewon.serial);
    heading.focus();
  }, [pointedOut]);
  const online = ewons.filter((e) => e.status === 'online').length;
  const alarms = ewons.reduce((sum, e) => sum + e.alarms, 0);
  const removed = (name: string) => {
    setRemoving(undefined);
    heading.focus();
    told.say(T.removed(name));
  };
  return (
    <section id="ewons" aria-labelledby="ewons-title">
      <h2 id="ewons-title" ref={heading.target} tabIndex={-1}>
        {T.title} {ewons.length > 0 && <span class="quiet">{T.counted(online, ewons.length)}</span>}
        {alarms > 0 && <span class="state alarm">{T.alarms(alarms)}</span>}
      </h2>
      {(ewons.length >= SEARCH_FROM || search !== '') && (
        <input
          type="search"
          class="search"
          aria-label={T.search}
          placeholder={T.searchHint}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {ewons.length === 0 && <p class="empty">{T.empty}</p>}
      {ewons.length > 0 && shown.length === 0 && <p class="empty">{T.noMatch(harmless(search))}</p>}
      {shown.length > 0 && <Table told={told} ewons={shown.slice(0, rows)} onRemove={setRemoving} />}
      {shown.length > rows && (
        <div>
          <button type="button" onClick={() => setRows(rows + ROWS_AT_ONCE)}>
            {T.more(shown.length - rows)}
          </button>
        </div>
      )}
      {removing && <RemoveDialog told={told} ewon={removing} onClose={() => setRemoving(undefined)} onDone={removed} />}
    </section>
  );
}

function Table(props: {
  readonly told: Told;
  readonly ewons: readonly Ewon[];
  readonly onRemove: (ewon: Ewon) => void;
}) {
  const columns = [T.name, T.state, T.serial, T.firmware, T.agent, T.patch, T.pool, T.lastSeen];
  return (
    <div class="panel">
      <table class="stack" aria-labelledby="ewons-title">
        <ColumnHeads columns={columns} />
        <tbody>
          {props.ewons.map((ewon) => (
            <Row key={ewon.deviceId} told={props.told} ewon={ewon} onRemove={() => props.onRemove(ewon)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ told, ewon, onRemove }: { readonly told: Told; readonly ewon: Ewon; readonly onRemove: () => void }) {
  const names = told.lists.account.ewonFields;
  const fields = ewon.customFields.map((text, i) => (text !== '' && names[i] ? `${names[i]}: ${text}` : text));
  const extra = [ewon.description, ...fields].filter((text) => text !== '');
  const cell = (label: string, value: string, look?: string) => (
    <td data-label={label} class={look}>
      {value === '' ? TEXTS.none : <Untrusted text={value} />}
    </td>
  );
  return (
    <tr>
      <th scope="row">
        <Untrusted text={ewon.name} />
        {extra.length > 0 && (
          <small>
            <Untrusted text={extra.join(' · ')} />
          </small>
        )}
      </th>
      <td data-label={T.state}>
        <State ewon={ewon} />
        {ewon.alarms > 0 && <span class="state alarm">{T.alarms(ewon.alarms)}</span>}
        {ewon.wan && <Way wan={ewon.wan} now={ewon.status === 'online' ? 'now' : 'then'} />}
      </td>
      {cell(T.serial, ewon.serial, 'mono')}
      {cell(T.firmware, ewon.firmware)}
      {cell(T.agent, ewon.agent)}
      <td data-label={T.patch}>
        <PatchWord ewon={ewon} />
      </td>
      {cell(T.pool, ewon.pool)}
      <td data-label={T.lastSeen}>
        {ewon.lastSeen === null ? TEXTS.never : <Ago at={ewon.lastSeen} nowMs={told.nowMs} />}
      </td>
      <td class="last">
        {ewon.location && (
          <button
            type="button"
            class="quiet-button"
            onClick={() => told.pointOut({ at: 'map', deviceId: ewon.deviceId })}
          >
            {T.onMap}
            <span class="unseen">{TEXTS.pending.of(ewon.name)}</span>
          </button>
        )}
        {may(told.lists, 'ewons.forget') && (
          <button type="button" class="danger quiet-button" onClick={onRemove}>
            {T.remove}
            <span class="unseen">{TEXTS.pending.of(ewon.name)}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

/** Over which link it reaches the account, and how that stands, in its own words; of an Ewon that is away, what it told last. */
function Way({ wan, now }: { readonly wan: Wan; readonly now: 'now' | 'then' }) {
  const W = TEXTS.wan;
  const whole = wan.state === 'online' && wan.connectivity === 'full';
  return (
    <small class="way">
      {now === 'then' && `${W.toldLast} `}
      {W.kinds[wan.link]} {wan.interface && <Untrusted text={wan.interface} />}
      {': '}
      {W.states[wan.state]}, {W.connectivities[wan.connectivity]}
      {wan.fallback && wan.fallback.active !== wan.fallback.primary && (
        <>
          {' '}
          {W.inPlaceOf} <Untrusted text={wan.fallback.primary} />
        </>
      )}
      {!whole && (
        <>
          {' '}
          <code>{harmless(wan.cause)}</code>
        </>
      )}
    </small>
  );
}

/** How it stands with patches in a word; whoever points at it, or hears the page, is told why. */
function PatchWord({ ewon: { patch, patchWhy } }: { readonly ewon: Ewon }) {
  const P = TEXTS.patches;
  const why = patch ? [patchWhy, patch.detail].filter((text) => text !== undefined).join(' ') : P.is.unknown;
  return (
    <span title={harmless(why)} class={patch?.state === 'failed' ? 'bad' : undefined}>
      {patch ? patchWord(patch) : TEXTS.none}
      {why !== '' && <span class="unseen"> {harmless(why)}</span>}
    </span>
  );
}

function State({ ewon }: { readonly ewon: Ewon }) {
  if (ewon.link === 'unlinked') return <span class="state offline">{T.unlinked}</span>;
  if (ewon.quarantinedAt) return <span class="state offline">{T.quarantined}</span>;
  if (ewon.renewalAskedAt) return <span class="state offline">{T.renewal}</span>;
  if (ewon.status === 'online') return <span class="state online">{T.online}</span>;
  return <span class="state offline">{ewon.lastSeen === null ? T.notYet : T.offline}</span>;
}

type Removal = {
  readonly told: Told;
  readonly ewon: Ewon;
  readonly onClose: () => void;
  readonly onDone: (name: string) => void;
};

function RemoveDialog({ told, ewon, onClose, onDone }: Removal) {
  const ask = useAsking();
  const name = harmless(ewon.name);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void ask.run(
      () => told.api.remove(ewon.deviceId),
      () => onDone(name),
    );
  };
  return (
    <Dialog title={TEXTS.remove.title(name)} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{TEXTS.remove.text(harmless(ewon.serial))}</p>
        <DialogButtons label={TEXTS.remove.button} ask={ask} danger />
      </form>
    </Dialog>
  );
}
