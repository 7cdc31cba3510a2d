import { type EwonFault, type Faults, nextFault, type SlotFault } from '../core/faults.ts';

/** The faults of a board: what is planned now, and what comes next of it. */
export type FaultPlan = {
  readonly planned: Faults;
  /** Plans these faults; what is not named stays as planned. */
  set(faults: Faults): void;
  clear(): void;
  nextRead(): SlotFault;
  nextEwon(): EwonFault;
};

/** Makes the plan of faults that the simulated ports of one board consult. */
export function createFaultPlan(first: Faults = {}): FaultPlan {
  let planned: Faults = first;
  return {
    get planned() {
      return planned;
    },
    set(faults) {
      planned = { ...planned, ...faults };
    },
    clear() {
      planned = {};
    },
    nextRead() {
      const [fault, reads] = nextFault<SlotFault>(planned.reads, 'ok');
      planned = { ...planned, reads };
      return fault;
    },
    nextEwon() {
      const [fault, ewon] = nextFault<EwonFault>(planned.ewon, 'well');
      planned = { ...planned, ewon };
      return fault;
    },
  };
}
