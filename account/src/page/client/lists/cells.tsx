import type { EwonRow, Wan } from '../api-types.ts';
import { Ago, Untrusted } from '../parts.tsx';
import { patchWord } from '../patches/patch-words.ts';
import { TEXTS } from '../texts.ts';
import { harmless } from '../words.ts';
import type { Column } from './columns.ts';

const T = TEXTS.ewons;

type Shown = { readonly ewon: EwonRow; readonly columns: readonly Column[] };

/** What stands under the name of an Ewon: what people wrote of it, as far as it has no column of its own. */
export function Extra({ ewon, columns, labels }: Shown & { readonly labels: readonly [string, string, string] }) {
  const fields = ewon.customFields.flatMap((text, i) => {
    if (text === '' || columns.includes(`custom${i + 1}` as Column)) return [];
    return labels[i] ? `${labels[i]}: ${text}` : text;
  });
  const described = columns.includes('description') ? [] : [ewon.description];
  // who approves one mostly leaves the note as its description
  const noted = columns.includes('note') || ewon.note === ewon.description ? [] : [ewon.note];
  const extra = [...described, ...fields, ...noted].filter((text) => text !== '');
  if (extra.length === 0) return null;
  return (
    <small>
      <Untrusted text={extra.join(' · ')} />
    </small>
  );
}

/** One value of an Ewon. */
export function Cell({ ewon, column, columns, nowMs }: Shown & { readonly column: Column; readonly nowMs: number }) {
  switch (column) {
    case 'lastSeen':
      return ewon.lastSeen === null ? TEXTS.never : <Ago at={ewon.lastSeen} nowMs={nowMs} />;
    case 'createdAt':
      return <Ago at={ewon.createdAt} nowMs={nowMs} />;
    case 'status':
      return (
        <>
          <State ewon={ewon} /> {!columns.includes('alarms') && <Alarms ewon={ewon} />}
          {!columns.includes('wan') && <Way ewon={ewon} />}
        </>
      );
    case 'alarms':
      return ewon.alarms > 0 ? <Alarms ewon={ewon} /> : TEXTS.none;
    case 'wan':
      return ewon.wan ? <Way ewon={ewon} /> : TEXTS.none;
    case 'patch':
      return <PatchWord ewon={ewon} />;
    case 'custom1':
    case 'custom2':
    case 'custom3':
      return <Written text={ewon.customFields[Number(column.at(-1)) - 1]} />;
    default:
      return <Written text={ewon[column]} />;
  }
}

function Written({ text }: { readonly text: string | undefined }) {
  return text ? <Untrusted text={text} /> : TEXTS.none;
}

function State({ ewon }: { readonly ewon: EwonRow }) {
  if (ewon.link === 'unlinked') return <span class="state offline">{T.unlinked}</span>;
  if (ewon.quarantinedAt) return <span class="state offline">{T.quarantined}</span>;
  if (ewon.renewalAskedAt) return <span class="state offline">{T.renewal}</span>;
  if (ewon.status === 'online') return <span class="state online">{T.online}</span>;
  return <span class="state offline">{ewon.lastSeen === null ? T.notYet : T.offline}</span>;
}

function Alarms({ ewon: { alarms } }: { readonly ewon: EwonRow }) {
  return alarms > 0 ? <span class="state alarm">{T.alarms(alarms)}</span> : null;
}

function Way({ ewon: { wan, status } }: { readonly ewon: EwonRow }) {
  return wan ? <WayOf wan={wan} now={status === 'online' ? 'now' : 'then'} /> : null;
}

/** Over which link it reaches the account, and how that stands, in its own words; of an Ewon that is away, what it told last. */
function WayOf({ wan, now }: { readonly wan: Wan; readonly now: 'now' | 'then' }) {
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
function PatchWord({ ewon: { patch, patchWhy } }: { readonly ewon: EwonRow }) {
  const P = TEXTS.patches;
  const why = patch ? [patchWhy, patch.detail].filter((text) => text !== undefined).join(' ') : P.is.unknown;
  return (
    <span title={harmless(why)} class={patch?.state === 'failed' ? 'bad' : undefined}>
      {patch ? patchWord(patch) : TEXTS.none}
      {why !== '' && <span class="unseen"> {harmless(why)}</span>}
    </span>
  );
}
