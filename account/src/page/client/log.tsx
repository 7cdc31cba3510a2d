import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogLine, Problem } from './api-types.ts';
import { LogTable } from './log-table.tsx';
import type { Told } from './page.ts';
import { Field, ProblemNotice } from './parts.tsx';
import { LOG_FILTERS, TEXTS } from './texts.ts';
import { harmless } from './words.ts';

const T = TEXTS.log;
/** The log is read again at most this often, however fast it grows. */
const BREATH_MS = 500;
type Form = 'detailed' | 'raw';
type Content =
  | { readonly form: 'detailed'; readonly lines: readonly LogLine[] }
  | { readonly form: 'raw'; readonly text: string };

/** What happened in the account: as a table that can be sorted and filtered, or in the raw form; both can be saved. */
export function Log({ told }: { readonly told: Told }) {
  const [form, setForm] = useState<Form>('detailed');
  const [kind, setKind] = useState('');
  const [content, setContent] = useState<Content>();
  const [problem, setProblem] = useState<Problem>();
  const readAtMs = useRef(-BREATH_MS);
  const { api, logChanges } = told;

  // logChanges stands among the dependencies because it is why to read again
  useEffect(() => {
    let outdated = false;
    const read = async () => {
      const answer = await readLog(api, form, kind);
      if (outdated) return; // a later question is under way; its answer counts
      setProblem(answer.ok ? undefined : answer.problem);
      if (answer.ok) setContent(answer.value);
    };
    const timer = window.setTimeout(
      () => {
        readAtMs.current = performance.now();
        void read();
      },
      Math.max(0, readAtMs.current + BREATH_MS - performance.now()),
    );
    return () => {
      outdated = true;
      window.clearTimeout(timer);
    };
  }, [api, form, kind, logChanges]);

  const filter = kind && `&kind=${encodeURIComponent(kind)}`;
  return (
    <section id="log" aria-labelledby="log-title">
      <h2 id="log-title">{T.title}</h2>
      <div class="line">
        <Field label={T.form}>
          {(id) => (
            <select
              id={id}
              value={form}
              onChange={(event) => setForm(event.currentTarget.value === 'raw' ? 'raw' : 'detailed')}
            >
              <option value="detailed">{T.detailed}</option>
              <option value="raw">{T.raw}</option>
            </select>
          )}
        </Field>
        <Field label={T.kind}>
          {(id) => (
            <select id={id} value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
              {Object.entries(LOG_FILTERS).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <span class="links">
          <a href={`/api/v1/log/export?format=csv${filter}`} download="ewon-log.csv">
            {T.exportCsv}
          </a>
          <a href={`/api/v1/log/export?format=text${filter}`} download="ewon-log.txt">
            {T.exportText}
          </a>
        </span>
      </div>
      <ProblemNotice problem={problem} />
      {content && <Lines content={content} filtered={kind !== ''} />}
    </section>
  );
}

function Lines({ content, filtered }: { readonly content: Content; readonly filtered: boolean }) {
  const empty = content.form === 'raw' ? content.text.trim() === '' : content.lines.length === 0;
  if (empty) return <p class="empty">{filtered ? T.emptyKind : T.empty}</p>;
  if (content.form === 'detailed') return <LogTable lines={content.lines} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll sideways, which the keyboard must be able to do
    <section class="panel padded raw" tabIndex={0} aria-labelledby="log-title">
      <pre>{content.text.split(/\r?\n/).map(harmless).join('\n')}</pre>
    </section>
  );
}

async function readLog(api: Told['api'], form: Form, kind: string) {
  if (form === 'raw') {
    const answer = await api.rawLog(kind);
    return answer.ok ? { ...answer, value: { form, text: answer.value } } : answer;
  }
  const answer = await api.log(kind);
  return answer.ok ? { ...answer, value: { form, lines: answer.value } } : answer;
}
