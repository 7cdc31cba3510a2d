import { useEffect, useRef, useState } from 'preact/hooks';
import type { PolicyEffect, WaitingEwon, WhyWaiting } from '../../../core/policy-effect.ts';
import type { Told } from '../page.ts';
import { Ago, ProblemNotice, Untrusted } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { PRIVACY_TEXTS as T } from '../texts-privacy.ts';
import { harmless } from '../words.ts';
import { usePolicyEffect } from './policy-effect.ts';

/**
 * Which Ewons go by the policy, as they say themselves, and why the others do not. With ten thousand Ewons this is no small question, so it
 * is asked only while somebody looks.
 */
export function EffectPart({ told }: { readonly told: Told }) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState<'never' | 'now' | 'before'>('never');
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      const isSeen = entries.at(-1)?.isIntersecting ?? false;
      setSeen((last) => (isSeen ? 'now' : last === 'never' ? last : 'before'));
    });
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div class="apart" ref={box}>
      <h3 id="effect-title">{T.effect}</h3>
      {seen === 'never' ? <p class="quiet">{T.told}</p> : <Effect told={told} isSeen={seen === 'now'} />}
    </div>
  );
}

function Effect({ told, isSeen }: { readonly told: Told; readonly isSeen: boolean }) {
  const { effect, problem } = usePolicyEffect(told, isSeen);
  return (
    <>
      <ProblemNotice problem={problem} />
      {effect === undefined && !problem && <p class="quiet">{T.told}</p>}
      {effect?.ewons === 0 && <p class="empty">{T.noEwons}</p>}
      {effect && effect.ewons > 0 && (
        <>
          <Progress effect={effect} />
          {effect.waiting.length > 0 && <Waiting effect={effect} nowMs={told.nowMs} />}
          <OffThere effect={effect} which="geolocation" />
          <OffThere effect={effect} which="remoteManagement" />
        </>
      )}
    </>
  );
}

function Progress({ effect: { applied, ewons, waitingWhy } }: { readonly effect: PolicyEffect }) {
  const whys = Object.entries(T.counts).flatMap(([why, words]) => {
    const count = waitingWhy[why as WhyWaiting];
    return count === 0 ? [] : [words(count)];
  });
  return (
    <div>
      <progress value={applied} max={ewons} aria-label={T.applied(applied, ewons)} />
      <p>
        {applied === ewons ? T.all(ewons) : `${T.applied(applied, ewons)}.`}{' '}
        {whys.length > 0 && (
          <span class="quiet">
            {T.waiting(ewons - applied)}: {whys.join(', ')}.
          </span>
        )}
      </p>
    </div>
  );
}

function Waiting({ effect, nowMs }: { readonly effect: PolicyEffect; readonly nowMs: number }) {
  const more = effect.ewons - effect.applied - effect.waiting.length;
  return (
    <>
      <table class="stack" aria-labelledby="effect-title">
        <thead>
          <tr>
            <th scope="col">{T.ewon}</th>
            <th scope="col">{T.why}</th>
          </tr>
        </thead>
        <tbody>
          {effect.waiting.map((ewon) => (
            <tr key={ewon.deviceId}>
              <th scope="row">
                <Untrusted text={ewon.name} />
              </th>
              <td>
                <Why ewon={ewon} nowMs={nowMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p class="quiet">{T.more(more)}</p>}
    </>
  );
}

function Why({ ewon: { why, lastSeen, agent }, nowMs }: { readonly ewon: WaitingEwon; readonly nowMs: number }) {
  if (why === 'silent') return <>{T.whys.silent(harmless(agent))}</>;
  if (why === 'older') return <>{T.whys.older}</>;
  return (
    <>
      {T.whys.offline} {lastSeen === null ? TEXTS.never : <Ago at={lastSeen} nowMs={nowMs} />}
    </>
  );
}

/** Who has switched something off on the Ewon; what the account has switched off is off for all, and names nobody. */
function OffThere(props: { readonly effect: PolicyEffect; readonly which: 'geolocation' | 'remoteManagement' }) {
  const { off, offBy } = props.effect[props.which];
  const named = off.filter(({ by }) => by !== 'account');
  const count = offBy.device + offBy.board;
  if (count === 0) return null;
  return (
    <div>
      <h4>
        {T.offThere(T[props.which].title)} <span class="quiet">{count}</span>
      </h4>
      <ul class="rows">
        {named.map(({ deviceId, name, by }) => (
          <li key={deviceId}>
            <Untrusted text={name} /> <span class="quiet">{T.by[by]}</span>
          </li>
        ))}
      </ul>
      {count > named.length && <p class="quiet">{T.more(count - named.length)}</p>}
    </div>
  );
}
