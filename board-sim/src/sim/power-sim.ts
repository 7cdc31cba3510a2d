import type { FaultPlan } from './fault-plan.ts';

/**
 * One stretch of power: from switching on to the cut. Every simulated port belongs to one; when it is over, its
 * ports are dead: what was asked is never answered, and what is asked later neither acts nor is answered.
 */
export type PowerOn = {
  on(): boolean;
  /** Makes one call of a port: acts, and answers only while there is power. Counted, see {@link PowerControl.calls}. */
  call<T>(name: string, act: () => Promise<T> | T): Promise<T>;
  /** The same for a call that answers at once; `dead` is what code that has no power any more gets, without effect. */
  callNow<T>(name: string, act: () => T, dead: () => T): T;
  /** Calls when the power goes; at once when it has gone. */
  whenCut(call: () => void): void;
};

export type PowerControl = {
  isOn(): boolean;
  /** Takes the power away between two instructions. */
  cut(): void;
  /** Names of the port calls since the power came on, in order. A call cut "before" stands in it too. */
  calls(): readonly string[];
};

/** Makes the power supply of a board. `on` ends the present stretch, if there is one, and begins another. */
export function createPower(faults: FaultPlan): PowerControl & { on(): PowerOn } {
  let present: { readonly stretch: PowerOn; cut(): void; readonly calls: string[] } | undefined;
  return {
    isOn: () => present?.stretch.on() === true,
    cut: () => present?.cut(),
    calls: () => present?.calls ?? [],
    on() {
      present?.cut();
      present = powerOn(faults);
      return present.stretch;
    },
  };
}

function powerOn(faults: FaultPlan) {
  const calls: string[] = [];
  const waiting: (() => void)[] = [];
  let powered = true;
  const cut = () => {
    if (!powered) return;
    powered = false;
    for (const call of waiting.splice(0)) call();
  };
  /** Counts a call and cuts when it is the planned one; answers whether there is power to act. */
  const begin = (name: string): (() => boolean) | undefined => {
    if (!powered) return undefined;
    const number = calls.push(name);
    const cutWhenPlanned = (when: 'before' | 'after') => {
      const plan = faults.planned.power;
      if (plan?.call !== number || plan.cut !== when) return;
      faults.set({ power: undefined }); // once: the next boot shall get on
      cut();
    };
    cutWhenPlanned('before');
    if (!powered) return undefined;
    return () => {
      cutWhenPlanned('after');
      return powered;
    };
  };
  const stretch: PowerOn = {
    on: () => powered,
    call<T>(name: string, act: () => Promise<T> | T) {
      return new Promise<T>((resolve, reject) => {
        const end = begin(name);
        if (!end) return;
        new Promise<T>((acted) => acted(act())).then(
          (value) => end() && resolve(value),
          (error) => powered && reject(error),
        );
      });
    },
    callNow(name, act, dead) {
      const end = begin(name);
      if (!end) return dead();
      const value = act();
      end(); // what runs on until the next call is memory only, which a power cut takes anyway
      return value;
    },
    whenCut(call) {
      if (powered) waiting.push(call);
      else call();
    },
  };
  return { stretch, cut, calls };
}
