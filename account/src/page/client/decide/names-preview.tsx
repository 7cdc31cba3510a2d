import { useEffect, useState } from 'preact/hooks';
import type { BulkLine } from '../../../http/list-views.ts';
import type { Api } from '../api.ts';
import type { Problem } from '../api-types.ts';
import { sendBulk } from '../bulk-lines.ts';
import { ProblemNotice, Untrusted } from '../parts.tsx';
import { Scrolled } from '../scrolled.tsx';
import { APPROVE_MANY as T } from '../texts-decide.ts';
import type { ApproveMany } from './decide-api.ts';

/** Who types a template pauses at its end. */
const PAUSE_MS = 250;
/** What cannot be done stands first, so that nobody has to look through more. */
const SHOWN_MAX = 50;

/** The names that an order to approve many would give, as the server finds them: those that cannot be given stand first. */
export function NamesPreview(props: {
  readonly api: Api;
  readonly order: ApproveMany;
  /** What is wrong with the template: nobody is asked about names then. */
  readonly fault: string | undefined;
  readonly nameOf: (id: string) => string;
}) {
  const { api, order, fault, nameOf } = props;
  const [found, setFound] = useState<{ readonly lines: readonly BulkLine[]; readonly for: string }>();
  const [problem, setProblem] = useState<Problem>();
  const asked = JSON.stringify(order);
  useEffect(() => {
    if (fault !== undefined) return;
    const stop = new AbortController();
    const look = async () => {
      const lines: BulkLine[] = [];
      const answer = await sendBulk(api, 'registrations/bulk?dryRun=1', order, (line) => lines.push(line), stop.signal);
      if (stop.signal.aborted) return; // another template is there by now
      setProblem(answer.ok ? undefined : answer.problem);
      setFound({ lines: lines.toSorted((a, b) => Number(a.ok) - Number(b.ok)), for: asked });
    };
    const timer = window.setTimeout(() => void look(), PAUSE_MS);
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [api, asked]);
  // what stands there of another template meanwhile is better than nothing, but not where no names are looked for
  const lines = fault === undefined ? (found?.lines ?? []) : [];
  const bad = lines.filter(({ ok }) => !ok).length;
  const status = fault ?? (found?.for !== asked ? T.checking : bad === 0 ? T.allFree : T.someBad(bad));
  const shownProblem = fault === undefined ? problem : undefined;
  return (
    <div class="preview">
      <ProblemNotice problem={shownProblem} />
      <Scrolled label={T.preview}>
        <table aria-label={T.preview}>
          <thead>
            <tr>
              <th scope="col">{T.serial}</th>
              <th scope="col">{T.name}</th>
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, SHOWN_MAX).map((line) => (
              <tr key={line.id}>
                <td class="mono">
                  <Untrusted text={nameOf(line.id)} />
                </td>
                <td class="event">
                  {line.ok ? (
                    <Untrusted text={line.name} />
                  ) : (
                    <span class="fault">
                      <Untrusted text={[line.problem.title, line.problem.detail ?? ''].join(' ')} />
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
      {lines.length > SHOWN_MAX && <p class="quiet">{T.andMore(lines.length - SHOWN_MAX)}</p>}
      <p class={bad > 0 || fault !== undefined ? 'fault' : 'quiet'} role="status">
        {shownProblem === undefined && status}
      </p>
    </div>
  );
}
