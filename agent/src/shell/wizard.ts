import { err, ok, type Result } from '@ewon-agent/contracts';
import type { AgentEvent } from '../core/agent.ts';
import type { WizardGiven } from '../core/model.ts';
import { type Registration, whyWizardIsRefused, wizardRequestId } from '../core/registration.ts';

/** What came of it: where this Ewon is now. */
export type WizardDone = { readonly account: string; readonly name: string; readonly pool: string };

export type Wizard = {
  /** Orders it and waits for its first answer; one at a time, the newest counts. */
  run(given: WizardGiven): Promise<Result<WizardDone>>;
  /** Something was decided; perhaps what is waited for. */
  decided(): void;
};

type Parts = {
  readonly registration: () => Registration;
  readonly post: (event: AgentEvent) => void;
  readonly settled: () => Promise<void>;
};

/** Runs the registration by wizard for a person who waits for what comes of it. */
export function createWizard({ registration, post, settled }: Parts): Wizard {
  let waiting: { readonly requestId: string; readonly end: (result: Result<WizardDone>) => void } | undefined;

  const end = (result: Result<WizardDone>) => {
    const { end } = waiting ?? {};
    waiting = undefined;
    end?.(result);
  };

  return {
    async run({ secret, ...given }) {
      await settled();
      const fault = whyWizardIsRefused(registration());
      if (fault) return { ok: false, fault };
      end(err('WIZARD_SUPERSEDED', 'by the wizard itself'));
      const requestId = wizardRequestId(registration(), given, given.requestId);
      const { promise, resolve } = Promise.withResolvers<Result<WizardDone>>();
      waiting = { requestId, end: resolve };
      post({ on: 'WizardOrdered', request: { ...given, requestId }, secret });
      return promise;
    },
    decided() {
      const state = registration();
      switch (state.at) {
        case 'joining':
          if (state.trouble) end({ ok: false, fault: state.trouble });
          return;
        case 'registered': {
          const { account, name, pool } = state.link;
          return end(ok({ account: account.name, name, pool }));
        }
        case 'unregistered':
          return end(state.last ? { ok: false, fault: state.last } : err('WIZARD_SUPERSEDED', 'it was forgotten'));
        default:
          return end(err('WIZARD_SUPERSEDED', `it is ${state.at}`));
      }
    },
  };
}
