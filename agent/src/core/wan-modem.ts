import type { AtAnswer } from '@ewon-agent/firmware-bridge/core/at-answers';
import type { LinkReading } from './wan-link.ts';

/** 3GPP TS 27.007 §9.2: SIM not inserted, SIM failure, SIM wrong. */
const SIM_ERRORS = [10, 13, 15];

/**
 * Reads what a modem answered to AT commands, of any family: the last word of each kind counts.
 * The address is left out: which one the link has, the kernel knows.
 * @param name the interface that is its link
 */
export function modemReading(answers: readonly AtAnswer[], name: string): LinkReading {
  let reading: LinkReading = { source: 'modem', name, kind: 'cellular' };
  for (const answer of answers) reading = { ...reading, ...fieldsOf(answer) };
  const registered = isRegistered(answers);
  return registered === undefined ? reading : { ...reading, registered };
}

function fieldsOf(answer: AtAnswer): Partial<LinkReading> {
  switch (answer.kind) {
    case 'registration': {
      const { area, cellId, technology } = answer;
      // a modem remembers the cell that it has lost
      return isIn(answer.state) ? present({ lac: area, cellId, technology }) : {};
    }
    case 'operator':
    case 'network':
      return present({ operator: answer.plmn, technology: answer.technology });
    case 'signal':
      return present({ signal: answer.rsrpDbm ?? answer.rscpDbm ?? answer.rssiDbm });
    case 'cell': {
      const { plmn: operator, area: lac, cellId, technology } = answer;
      return present({ operator, lac, cellId, technology, signal: answer.rsrpDbm ?? answer.rssiDbm });
    }
    default:
      return {};
  }
}

/**
 * Registered for packets anywhere is registered; each network has a question of its own, and says no to the others. A cell alone
 * is no registration (emergency calls), but better than nothing known, and than the no of a modem that has no question for 5G.
 */
function isRegistered(answers: readonly AtAnswer[]): boolean | undefined {
  const states = answers.flatMap((answer) => (answer.kind === 'registration' ? [answer] : []));
  const packets = states.filter(({ of }) => of !== 'CREG');
  if (packets.some(({ state }) => isIn(state))) return true;
  if (answers.some(isWithoutSim)) return false;
  const cell = answers.findLast(({ kind }) => kind === 'cell' || kind === 'noCell');
  if (cell?.kind === 'cell' && cell.technology === 'NR') return true;
  if (packets.length > 0) return false;
  // an old registration for calls says nothing against one for packets
  if (states.some(({ state }) => isIn(state)) || cell?.kind === 'cell') return true;
  return cell ? false : undefined;
}

function isWithoutSim(answer: AtAnswer): boolean {
  if (answer.kind === 'sim') return answer.state !== 'READY';
  return answer.kind === 'error' && answer.of === 'CME' && SIM_ERRORS.includes(answer.number ?? -1);
}

function isIn(state: string): boolean {
  return /^(home|roaming)/i.test(state);
}

type Maybe = { readonly [K in keyof LinkReading]?: LinkReading[K] | undefined };

function present(fields: Maybe): Partial<LinkReading> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
