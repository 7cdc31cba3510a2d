import type { TargetedSubmitEvent } from 'preact';
import { Untrusted } from '../parts.tsx';
import { IMPORTS } from '../texts-imports.ts';
import { useWorded } from '../use-worded.ts';
import { harmless } from '../words.ts';
import { useFirstRows } from './first-rows.tsx';
import type { StepProps } from './import-wizard.tsx';
import type { ImportedEwonView, ImportView } from './imports-api.ts';
import { StepButtons } from './step-buttons.tsx';

const T = IMPORTS.choose;
const STAYS: Readonly<Record<string, string>> = T.stays;

/** The Ewons that can move, to choose from; and the others, each with the reason. @param chosen names here, by their keys */
export function ChooseStep(
  props: StepProps & {
    readonly listed: ImportView;
    readonly chosen: ReadonlyMap<string, string>;
    readonly onChoose: (chosen: ReadonlyMap<string, string>) => void;
    readonly onNext: () => void;
  },
) {
  const { listed, chosen, onChoose, onNext, onBack } = props;
  const { ewons, staying } = listed;
  const first = useFirstRows(ewons);
  const firstStaying = useFirstRows(staying);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onNext();
  };
  const set = (key: string, name: string | undefined) => {
    const after = new Map(chosen);
    if (name === undefined) after.delete(key);
    else after.set(key, name);
    onChoose(after);
  };
  const isAll = ewons.length > 0 && chosen.size === ewons.length;
  const toggleAll = () => onChoose(new Map(isAll ? [] : ewons.map(({ key, name }) => [key, name])));
  return (
    <form onSubmit={submit}>
      <p>{T.text}</p>
      {ewons.length === 0 && <p class="empty">{staying.length === 0 ? T.empty : T.none}</p>}
      {ewons.length > 0 && (
        // on a phone the table has no head
        <label class="tick phone-only">
          <input type="checkbox" checked={isAll} onChange={toggleAll} />
          <span>{T.all}</span>
        </label>
      )}
      {ewons.length > 0 && (
        <table class="stack" aria-label={T.table}>
          <thead>
            <tr>
              <th scope="col">
                <input type="checkbox" aria-label={T.all} checked={isAll} onChange={toggleAll} />
              </th>
              {[T.ewon, T.here].map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {first.shown.map((ewon) => (
              <Row key={ewon.key} ewon={ewon} name={chosen.get(ewon.key)} onSet={(name) => set(ewon.key, name)} />
            ))}
          </tbody>
        </table>
      )}
      {first.more}
      {staying.length > 0 && (
        <div class="hint">
          <h4>{T.staying(staying.length)}</h4>
          <ul>
            {firstStaying.shown.map(({ name, serial, why, whyText }) => (
              <li key={`${serial} ${name}`}>
                <Untrusted text={name} /> <span class="quiet">{serial}</span>: <span class="mono">{why}</span>{' '}
                <Stays why={why} otherwise={whyText} />
              </li>
            ))}
          </ul>
          {firstStaying.more}
        </div>
      )}
      {ewons.length > 0 && chosen.size === 0 && <p role="status">{T.nothing}</p>}
      <StepButtons onBack={onBack} impossible={chosen.size === 0} />
    </form>
  );
}

function Row(props: {
  readonly ewon: ImportedEwonView;
  readonly name: string | undefined;
  readonly onSet: (name: string | undefined) => void;
}) {
  const { ewon, name, onSet } = props;
  const { sourceName, serial, model } = ewon;
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={T.select(harmless(sourceName))}
          checked={name !== undefined}
          onChange={() => onSet(name === undefined ? ewon.name : undefined)}
        />
      </td>
      <th scope="row">
        <Untrusted text={sourceName} />
        <div class="quiet">
          {serial}, <Untrusted text={model} />
        </div>
      </th>
      <td data-label={T.here}>
        <div>
          <input
            aria-label={T.hereOf(harmless(sourceName))}
            value={name ?? ewon.name}
            disabled={name === undefined}
            required
            maxLength={100}
            onInput={(event) => onSet(event.currentTarget.value)}
          />
          {sourceName !== ewon.name && <p class="quiet">{T.taken}</p>}
        </div>
      </td>
    </tr>
  );
}

/** Why an Ewon stays: what there is to say beyond its code, or the words for that. */
function Stays({ why, otherwise }: { readonly why: string; readonly otherwise: string }) {
  const own = STAYS[why];
  const { title } = useWorded({ code: own === undefined ? why : '', title: own ?? otherwise, next: '' });
  return <>{title}</>;
}
