import { useState } from 'preact/hooks';
import type { PatchRollout, PatchWithEwons } from '../api-types.ts';
import type { Told } from '../page.ts';
import { ProblemNotice, useAsking, useFocusAfter } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { harmless } from '../words.ts';
import { StartRollout } from './start-rollout.tsx';

const T = TEXTS.patches;

/** The rollout of a patch: how far it has come, group by group, and its emergency stop. */
export function RolloutPart({ told, patch }: { readonly told: Told; readonly patch: PatchWithEwons }) {
  const { path, rollout } = patch;
  const [isStarting, setStarting] = useState(false);
  const ask = useAsking();
  const heading = useFocusAfter(); // the button goes away, and a second press must not hit the one that comes in its place
  // in an emergency nobody is asked twice, and what it did can be undone
  const order = (wish: 'stop' | 'resume', said: string) =>
    void ask.run(
      () => told.api.orderRollout(path, wish),
      () => {
        heading.focus();
        told.say(said);
      },
    );
  const started = () => {
    setStarting(false);
    told.say(T.started(harmless(path)));
  };
  return (
    <>
      <h4 id="rollout-title" ref={heading.target} tabIndex={-1}>
        {T.rollout}
      </h4>
      {rollout && <Progress rollout={rollout} />}
      <ProblemNotice problem={ask.problem} />
      <div class="buttons">
        {rollout?.state === 'running' && (
          <button type="button" class="danger" disabled={ask.busy} onClick={() => order('stop', T.stopped)}>
            {T.stop}
          </button>
        )}
        {rollout?.state === 'stopped' && (
          <button type="button" disabled={ask.busy} onClick={() => order('resume', T.resumed)}>
            {T.resume}
          </button>
        )}
        {(rollout === null || rollout.state === 'done') && (
          <button type="button" onClick={() => setStarting(true)}>
            {T.start}
          </button>
        )}
      </div>
      {isStarting && <StartRollout told={told} path={path} onClose={() => setStarting(false)} onDone={started} />}
    </>
  );
}

function Progress({ rollout }: { readonly rollout: PatchRollout }) {
  const { state, stoppedBy, reached, groups, successPercent, failuresMax, forgiven } = rollout;
  const columns = Object.entries(T.groupColumns) as [keyof typeof T.groupColumns, string][];
  return (
    <>
      <p>
        {state === 'running' && T.rollouts.running(reached + 1, groups.length)}
        {state === 'done' && T.rollouts.done}
        {state === 'stopped' && T.rollouts[stoppedBy ?? 'person']}
      </p>
      <p class="quiet">
        {T.thresholds(successPercent, failuresMax)} {forgiven > 0 && T.forgiven(forgiven)}
      </p>
      <table class="stack groups" aria-labelledby="rollout-title">
        <thead>
          <tr>
            <th scope="col">{T.group}</th>
            {columns.map(([is, word]) => (
              <th key={is} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group, i) => (
            <tr key={i}>
              <th scope="row">{`${T.group} ${i + 1}`}</th>
              {columns.map(([is, word]) => (
                <td key={is} data-label={word} class={is === 'failed' && group.failed > 0 ? 'bad' : undefined}>
                  {group[is]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
