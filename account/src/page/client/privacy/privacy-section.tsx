import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Policy } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Dialog, DialogButtons, useAsking, useFocusAfter } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { PRIVACY_TEXTS as T } from '../texts-privacy.ts';
import { clockTime } from '../words.ts';
import { EffectPart } from './effect-part.tsx';

type Which = 'geolocation' | 'remoteManagement';
const SWITCHES: readonly Which[] = ['geolocation', 'remoteManagement'];

/** What the account allows its Ewons, what switching it off does, and what has come of it. */
export function Privacy({ told }: { readonly told: Told }) {
  const { policy } = told.lists;
  const [question, ask] = useState<Which>();
  const heading = useFocusAfter();
  const done = (said: string) => {
    ask(undefined);
    heading.focus();
    told.say(said);
    told.reload();
  };
  return (
    <section id="privacy" aria-labelledby="privacy-title">
      <h2 id="privacy-title" ref={heading.target} tabIndex={-1}>
        {TEXTS.privacy}
      </h2>
      <div class="panel padded">
        <div class="halves">
          {SWITCHES.map((which) => (
            <div key={which} class="half">
              <h3>{T[which].title}</h3>
              <p>{T[which].is}</p>
              <div class="line">
                <span class={policy[which] ? 'state online' : 'state offline'}>{policy[which] ? T.on : T.off}</span>
                <button type="button" onClick={() => ask(which)}>
                  {(policy[which] ? T.switchOff : T.switchOn)(T[which].word)}
                </button>
              </div>
            </div>
          ))}
        </div>
        <p class="quiet">
          {T.deviceToo} {T.since(clockTime(policy.issuedAt))}
        </p>
        {may(told.lists, 'ewons.read') && <EffectPart told={told} />}
      </div>
      {question && (
        <SwitchDialog told={told} which={question} policy={policy} onClose={() => ask(undefined)} onDone={done} />
      )}
    </section>
  );
}

function SwitchDialog(props: {
  readonly told: Told;
  readonly which: Which;
  readonly policy: Policy;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}) {
  const { told, which, onClose, onDone } = props;
  const texts = T[which];
  // as it was when the question was asked: another person may answer it meanwhile
  const [isOn] = useState(props.policy[which]);
  const ask = useAsking();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void ask.run(
      () => told.api.json<Policy>('policy', { method: 'PATCH', body: { [which]: !isOn } }),
      () => onDone(isOn ? T.switchedOff(texts.title) : T.switchedOn(texts.word)),
    );
  };
  return (
    <Dialog title={isOn ? texts.offTitle : texts.onTitle} onClose={onClose}>
      <form onSubmit={submit}>
        <ul class="plain">
          {(isOn ? texts.offText : texts.onText).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
        <DialogButtons
          label={isOn ? texts.offButton : texts.onButton}
          ask={ask}
          {...(isOn && { danger: true as const })}
        />
      </form>
    </Dialog>
  );
}
