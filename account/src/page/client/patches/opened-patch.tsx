import { useEffect, useRef, useState } from 'preact/hooks';
import type { PatchEwon, PatchWithEwons } from '../api-types.ts';
import type { Told } from '../page.ts';
import { byName } from '../page-state.ts';
import { Ago, Field, ProblemNotice, Untrusted } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { useWorded } from '../use-worded.ts';
import { DenyPatch } from './deny-patch.tsx';
import { standingWord, whyWords } from './patch-words.ts';
import { useReading } from './reading.ts';
import { RolloutPart } from './rollout-part.tsx';

const T = TEXTS.patches;
/** Read at a glance; more come when they are asked for. */
const ROWS_AT_ONCE = 20;

type Opened = { readonly told: Told; readonly path: string; readonly onClose: () => void };

/** One patch: what is wanted of it, its rollout, and every Ewon with what runs there and why not the patch. */
export function OpenedPatch({ told, path, onClose }: Opened) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: patch, problem } = useReading(path, told.patchChanges, () => told.api.patch(path));
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="panel padded opened-patch">
      <div class="line">
        <h3 ref={heading} id="opened-patch-title" tabIndex={-1}>
          <Untrusted text={path} />
        </h3>
        <button type="button" class="quiet-button" onClick={onClose}>
          {TEXTS.close}
        </button>
      </div>
      <ProblemNotice problem={problem} />
      {patch && (
        <>
          {patch.isDenied && <p class="hint">{T.isDenied}</p>}
          {patch.isHeld && !patch.isDenied && <p class="hint">{T.isHeld}</p>}
          <div class="buttons">
            <DenyPatch told={told} path={path} wish={patch.isDenied ? 'allow' : 'deny'} />
          </div>
          <RolloutPart told={told} patch={patch} />
          <EwonList told={told} patch={patch} />
        </>
      )}
    </div>
  );
}

function EwonList({ told, patch }: { readonly told: Told; readonly patch: PatchWithEwons }) {
  const [part, setPart] = useState('');
  const [search, setSearch] = useState('');
  const [rows, setRows] = useState(ROWS_AT_ONCE);
  const wanted = search.trim().toLowerCase();
  const shown = patch.ewons
    .filter(({ is, name }) => (part === '' || is === part) && name.toLowerCase().includes(wanted))
    .toSorted(byName);
  const parts = Object.entries(T.is) as [PatchEwon['is'], string][];
  return (
    <>
      <div class="line">
        <h4 id="patch-ewons-title">{T.ewons}</h4>
        <input
          type="search"
          class="search"
          aria-label={T.search}
          placeholder={TEXTS.ewons.name}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <Field label={T.show}>
          {(id) => (
            <select id={id} value={part} onChange={(event) => setPart(event.currentTarget.value)}>
              <option value="">{T.everyone}</option>
              {parts.map(([is, word]) => (
                <option key={is} value={is}>
                  {`${word} (${patch.counts[is]})`}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {shown.length === 0 && <p class="empty">{T.emptyPart}</p>}
      {shown.length > 0 && (
        <table class="stack" aria-labelledby="patch-ewons-title">
          <thead>
            <tr>
              {[TEXTS.ewons.name, T.runs, TEXTS.ewons.state, T.why, T.told].map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, rows).map((one) => (
              <Row key={one.deviceId} told={told} one={one} />
            ))}
          </tbody>
        </table>
      )}
      {shown.length > rows && (
        <div>
          <button type="button" onClick={() => setRows(rows + ROWS_AT_ONCE)}>
            {TEXTS.ewons.more(shown.length - rows)}
          </button>
        </div>
      )}
    </>
  );
}

function Row({ told, one }: { readonly told: Told; readonly one: PatchEwon }) {
  const { name, online, runs, is, reason, toldAt } = one;
  const said = useWorded({ code: reason ?? '', title: one.why ?? '', next: '' });
  const why = whyWords({ ...one, ...(one.why !== undefined && { why: said.title }) });
  return (
    <tr>
      <th scope="row">
        <Untrusted text={name} />
        {!online && <small>{TEXTS.ewons.offline}</small>}
      </th>
      <td data-label={T.runs}>{runs === null ? TEXTS.none : <Untrusted text={runs} />}</td>
      <td data-label={TEXTS.ewons.state} class={is === 'failed' ? 'bad' : undefined}>
        {standingWord(one)}
      </td>
      <td data-label={T.why}>
        <span>
          {why === '' ? TEXTS.none : <Untrusted text={why} />}
          {reason && <small class="mono">{reason}</small>}
        </span>
      </td>
      <td data-label={T.told}>{toldAt === null ? TEXTS.never : <Ago at={toldAt} nowMs={told.nowMs} />}</td>
    </tr>
  );
}
