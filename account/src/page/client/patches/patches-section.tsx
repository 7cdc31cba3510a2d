import { useRef, useState } from 'preact/hooks';
import type { Patch, Patches as PatchesAnswer } from '../api-types.ts';
import type { Told } from '../page.ts';
import { ColumnHeads, ProblemNotice, Untrusted, useFocusAfter } from '../parts.tsx';
import { useSeen } from '../seen.ts';
import { TEXTS } from '../texts.ts';
import { harmless, sizeText } from '../words.ts';
import { DenyPatch } from './deny-patch.tsx';
import { OpenedPatch } from './opened-patch.tsx';
import { useReading } from './reading.ts';
import { Repository } from './repository.tsx';

const T = TEXTS.patches;

/** The patches of the account: which there are, who has them, who has not and why. */
export function Patches({ told }: { readonly told: Told }) {
  const [opened, setOpened] = useState<string>();
  const heading = useFocusAfter();
  const close = () => {
    setOpened(undefined);
    heading.focus();
  };
  const section = useRef<HTMLElement>(null);
  // it hangs on every Ewon: who does not look at it need not wait for it
  const { value, problem } = useReading(useSeen(section) ? '' : undefined, told.patchChanges, told.api.patches);
  const published = value?.patches.filter(({ state }) => state !== 'added').length ?? 0;
  return (
    <section id="patches" ref={section} aria-labelledby="patches-title">
      <h2 id="patches-title" ref={heading.target} tabIndex={-1}>
        {T.title} {published > 0 && <span class="quiet">{T.counted(published)}</span>}
      </h2>
      <ProblemNotice problem={problem} />
      {value && <Repository repository={value.repository} nowMs={told.nowMs} />}
      {value?.repository?.patchRoot && value.patches.length === 0 && (
        <p class="empty">
          {T.empty} <code>{T.emptyCommand}</code>
        </p>
      )}
      {value && value.patches.length > 0 && <Table patches={value.patches} opened={opened} onOpen={setOpened} />}
      {value && value.denied.length > 0 && <AlsoDenied told={told} denied={value.denied} />}
      {opened !== undefined && value?.patches.some(({ path }) => path === opened) && (
        <OpenedPatch key={opened} told={told} path={opened} onClose={close} />
      )}
    </section>
  );
}

type Opening = { readonly opened: string | undefined; readonly onOpen: (path: string | undefined) => void };

function Table({ patches, opened, onOpen }: Opening & { readonly patches: readonly Patch[] }) {
  return (
    <div class="panel">
      <table class="stack" aria-labelledby="patches-title">
        <ColumnHeads columns={[T.patch, T.severity, T.cves, T.forWhom, T.size, T.ewons]} />
        <tbody>
          {patches.map((patch) => (
            <Row key={patch.path + patch.sha256} patch={patch} opened={opened} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ patch, opened, onOpen }: Opening & { readonly patch: Patch }) {
  const { path, custom, length, state, isDenied, rollout } = patch;
  const isOpen = opened === path;
  const notes = [
    `${T.kinds[custom.kind]} ${custom.version}`,
    T.states[state],
    isDenied ? T.idleWords.PATCH_DENIED : '',
    rollout ? T.rolloutStates[rollout.state] : '',
  ];
  const cves = custom.cves.length === 0 ? TEXTS.none : custom.cves.join(' ');
  return (
    <tr>
      <th scope="row">
        <Untrusted text={path} />
        <small>{notes.filter((note) => note !== '').join(' · ')}</small>
      </th>
      <td data-label={T.severity}>
        <span class={`severity ${custom.severity}`}>{T.severities[custom.severity]}</span>
      </td>
      <td data-label={T.cves}>{cves}</td>
      <td data-label={T.forWhom}>
        <span>
          {custom.productCodes.length === 0 ? T.allProducts : custom.productCodes.join(', ')}
          {custom.from.length > 0 && <small>{T.from(custom.from.join(', '))}</small>}
          {custom.requires.length > 0 && <small>{T.requires(custom.requires.join(', '))}</small>}
        </span>
      </td>
      <td data-label={T.size} class="nowrap">
        {sizeText(length)}
      </td>
      <td data-label={T.ewons}>
        <Counts counts={patch.counts} />
      </td>
      <td class="last">
        {state !== 'added' && (
          <button type="button" aria-expanded={isOpen} onClick={() => onOpen(isOpen ? undefined : path)}>
            {isOpen ? TEXTS.close : T.open}
            <span class="unseen">{TEXTS.pending.of(path)}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

function Counts({ counts }: Pick<Patch, 'counts'>) {
  const words = Object.entries(T.counts) as [keyof typeof T.counts, (n: number) => string][];
  const said = words.filter(([is]) => counts[is] > 0);
  if (said.length === 0) return <>{T.noEwons}</>;
  return (
    <ul class="counts">
      {said.map(([is, text]) => (
        <li key={is} class={is === 'failed' ? 'bad' : undefined}>
          {text(counts[is])}
        </li>
      ))}
    </ul>
  );
}

function AlsoDenied({ told, denied }: { readonly told: Told } & Pick<PatchesAnswer, 'denied'>) {
  return (
    <div>
      <p>{T.alsoDenied}</p>
      <ul class="rows">
        {denied.map((path) => (
          <li key={path}>
            <span>{harmless(path)}</span>
            <DenyPatch told={told} path={path} wish="allow" />
          </li>
        ))}
      </ul>
    </div>
  );
}
