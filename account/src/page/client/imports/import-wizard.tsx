import { useEffect, useRef, useState } from 'preact/hooks';
import type { Told } from '../page.ts';
import { Dialog, useAsking, useFocusAfter } from '../parts.tsx';
import { IMPORTS as T } from '../texts-imports.ts';
import { ChooseStep } from './choose-step.tsx';
import { ConfirmStep } from './confirm-step.tsx';
import type { ImportSummary, ImportsApi, ImportView } from './imports-api.ts';
import { PoolStep } from './pool-step.tsx';
import { ResultStep } from './result-step.tsx';
import { SourceStep } from './source-step.tsx';

const STEPS = ['source', 'pool', 'choose', 'confirm', 'result'] as const;
type Step = (typeof STEPS)[number];

/** Where the Ewons go to. */
export type Target = { readonly pool: string; readonly newPool: boolean };
/** What each step is given. */
export type StepProps = { readonly told: Told; readonly api: ImportsApi; readonly onBack: () => void };

/** The server said so itself; a proxy, or nobody, says nothing of what was done. */
const isRefused = (status: number) => status >= 400 && status < 500;

/** From another account to here, in steps. @param begun an import that was started: only its result is shown */
export function ImportWizard(props: {
  readonly told: Told;
  readonly api: ImportsApi;
  readonly begun?: Pick<ImportSummary, 'id'>;
  readonly onClose: (said?: string) => void;
}) {
  const { told, api, begun, onClose } = props;
  const [step, setStep] = useState<Step>(begun ? 'result' : 'source');
  const [listed, setListed] = useState<ImportView>();
  const [target, setTarget] = useState<Target>({ pool: told.lists.pools[0] ?? '', newPool: false });
  const [chosen, choose] = useState<ReadonlyMap<string, string>>(new Map());
  const heading = useFocusAfter();
  const ask = useAsking();
  const id = begun?.id ?? listed?.id;
  const go = (to: Step) => {
    setStep(to);
    heading.focus();
  };
  const [unused, isSent, isClosed] = [useRef<string | undefined>(undefined), useRef(false), useRef(false)];
  unused.current = listed && step !== 'result' && !isSent.current ? listed.id : undefined;
  const leave = () => {
    isClosed.current = true;
    // what was listed and not started: the right that the other account gave is given back
    if (unused.current) void api.end(unused.current);
  };
  useEffect(() => leave, []);
  const part = { told, api, onBack: () => go(STEPS[Math.max(0, STEPS.indexOf(step) - 1)] ?? 'source') };
  const opened = (view: ImportView) => {
    if (isClosed.current) return void api.end(view.id); // nobody waited for it
    setListed(view);
    choose(new Map(view.ewons.map(({ key, name }) => [key, name])));
    go('pool');
  };
  const start = () => {
    if (!listed) return;
    const ewons = [...chosen].map(([key, name]) => ({ key, name }));
    const wasSent = isSent.current;
    [isSent.current, unused.current] = [true, undefined];
    void ask.run(
      async () => {
        const started = await api.start(listed.id, { ...target, ewons });
        // where an answer was lost it may run
        if (!started.ok && isRefused(started.status) && !wasSent) isSent.current = false;
        return started;
      },
      () => go('result'),
    );
  };
  return (
    <Dialog title={T.title} onClose={() => onClose()}>
      <h3 ref={heading.target} tabIndex={-1}>
        {T.step(STEPS.indexOf(step) + 1, STEPS.length, T[step].name)}
      </h3>
      {step === 'source' && <SourceStep {...part} onOpened={opened} />}
      {step === 'pool' && listed && (
        <PoolStep {...part} listed={listed} target={target} onTarget={setTarget} onNext={() => go('choose')} />
      )}
      {step === 'choose' && listed && (
        <ChooseStep {...part} listed={listed} chosen={chosen} onChoose={choose} onNext={() => go('confirm')} />
      )}
      {step === 'confirm' && listed && (
        <ConfirmStep {...part} ask={ask} listed={listed} target={target} count={chosen.size} onStart={start} />
      )}
      {step === 'result' && id !== undefined && <ResultStep {...part} id={id} onEnded={onClose} />}
    </Dialog>
  );
}
