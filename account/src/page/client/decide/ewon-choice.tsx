import type { Ewon } from '../api-types.ts';
import { Untrusted } from '../parts.tsx';
import { REPLACE as T } from '../texts-decide.ts';
import { ago, harmless } from '../words.ts';
import type { Candidate } from './decide-api.ts';

/** One Ewon whose place may be taken, with what speaks for it. @param group it is one of; one Ewon may be in two lists */
export function EwonChoice(props: {
  readonly group: string;
  readonly ewon: Ewon;
  readonly reasons: Candidate['reasons'];
  readonly nowMs: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const { ewon, reasons, nowMs } = props;
  const seen = ewon.lastSeen === null ? T.neverSeen : T.seen(ago(ewon.lastSeen, nowMs));
  const words = reasons.filter(({ is }) => is !== 'offline').map(({ is }) => T.reasons[is]);
  return (
    <label class="choice">
      <input type="radio" name={props.group} checked={props.isChosen} onChange={props.onChoose} />
      <span>
        <strong>
          <Untrusted text={ewon.name} />
        </strong>
        <small>
          {harmless(ewon.serial)} · <Untrusted text={ewon.pool} />
        </small>
        <small>{[...words, ...(ewon.status === 'online' ? [] : [seen])].join(' · ')}</small>
      </span>
    </label>
  );
}
