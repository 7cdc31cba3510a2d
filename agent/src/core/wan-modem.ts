import type { AtAnswer } from '@ewon-agent/firmware-bridge/core/at-answers';
import type { LinkReading } from './wan-link.ts';

/**
 * Reads what a modem answered to AT commands, of any family: the last word of each kind counts.
 * @param name the interface that is its link
 */
export function modemReading(answers: readonly AtAnswer[], name: string): LinkReading {
  let reading: LinkReading = { source: 'modem', name, kind: 'cellular' };
  for (const answer of answers) reading = { ...reading, ...fieldsOf(answer) };
  return reading;
}

function fieldsOf(answer: AtAnswer): Partial<LinkReading> {
  switch (answer.kind) {
    case 'registration': {
      const { area, cellId, technology } = answer;
      const registered = isRegistered(answer.state);
      // an old circuit-switched registration says nothing against one for packets
      if (answer.of === 'CREG' && !registered) return {};
      return { registered, ...present({ lac: area, cellId, technology }) };
    }
    case 'operator':
      return present({ operator: answer.plmn, technology: answer.technology });
    case 'network':
      return present({ operator: answer.plmn, technology: answer.technology });
    case 'signal':
      return present({ signal: answer.rsrpDbm ?? answer.rscpDbm ?? answer.rssiDbm });
    case 'cell': {
      const { plmn: operator, area: lac, cellId, technology } = answer;
      const signal = answer.rsrpDbm ?? answer.rssiDbm;
      return { registered: true, ...present({ operator, lac, cellId, technology, signal }) };
    }
    case 'noCell':
      return { registered: false };
    case 'sim':
      return answer.state === 'READY' ? {} : { registered: false };
    case 'address':
      return present({ ip: answer.ip });
    default:
      return {};
  }
}

function isRegistered(state: string): boolean {
  return /^(home|roaming)/i.test(state);
}

type Maybe = { readonly [K in keyof LinkReading]?: LinkReading[K] | undefined };

function present(fields: Maybe): Partial<LinkReading> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
