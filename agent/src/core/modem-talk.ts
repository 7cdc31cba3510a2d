import { AT_SILENCE, type AtContext, readAt } from '@ewon-agent/firmware-bridge/core/at';
import type { AtAnswer } from '@ewon-agent/firmware-bridge/core/at-answers';

// What is asked of a modem, one command at a time: who it is, then the questions of 3GPP TS 27.007, then those of its family. Only
// questions: nothing here writes a setting, not even one that lasts until the port is closed.
//
//   (unknown) ──opened──▶ AT ▶ AT+CGMI ▶ ATI ──family──▶ AT+CPIN? ▶ … ──▶ done ──next round──▶ AT+CPIN? ▶ …
//                          │ no answer twice
//                          ▼
//                       silent ──next round──▶ AT …

export type ModemTalk = {
  /** Questions of its family; undefined while it is not known, empty for one that nobody knows. */
  readonly own?: readonly string[];
  /** What waits to be asked in this round; the first of it is being answered. */
  readonly queue: readonly string[];
  readonly context: AtContext;
  /** What was heard in this round, also unasked. */
  readonly answers: readonly AtAnswer[];
  /** Commands of this round without an answer in time, in a row. */
  readonly unanswered: number;
};

export type TalkEvent =
  /** It is time to ask. */
  | { readonly on: 'RoundBegun' }
  | { readonly on: 'LineHeard'; readonly text: string }
  /** The command was not answered in time. */
  | { readonly on: 'TimedOut' };

export type TalkEffect =
  /** A command without its end of line. */
  | { readonly do: 'ask'; readonly command: string }
  | { readonly do: 'finish'; readonly answers: readonly AtAnswer[] }
  /** It does not answer. */
  | { readonly do: 'giveUp' };

/** Nothing is known of the modem: after a start, and when it was away. */
export const MODEM_UNKNOWN: ModemTalk = { queue: [], context: AT_SILENCE, answers: [], unanswered: 0 };

const IDENTIFY = ['AT', 'AT+CGMI', 'ATI'] as const;
const LAST_OF_IDENTIFY = IDENTIFY[IDENTIFY.length - 1];
/** Registrations before cells, weak words for the signal before better ones: the last word counts. */
const OF_3GPP = ['AT+CPIN?', 'AT+CREG?', 'AT+CGREG?', 'AT+CEREG?', 'AT+C5GREG?', 'AT+COPS?', 'AT+CSQ', 'AT+CESQ'];
/** What each family says of itself, and its own questions for the cell. */
const FAMILIES: readonly (readonly [name: RegExp, own: readonly string[]])[] = [
  [/quectel/i, ['AT+QNWINFO', 'AT+QENG="servingcell"']],
  [/simcom/i, ['AT+CPSI?']],
  [/u-?blox|^(SARA|LARA|TOBY|LISA)-/i, ['AT+UCGED?']],
  [/telit|^[A-Z]{2}9\d\d/i, ['AT#RFSTS']],
  [/cinterion|gemalto|thales/i, ['AT^SMONI']],
  [/sierra/i, ['AT!GSTATUS?']],
];
const UNANSWERED_MAX = 2;
/** A round hears some thirty; a modem that talks on and on is heard, and not remembered. */
const ANSWERS_MAX = 200;

type Step = readonly [ModemTalk, readonly TalkEffect[]];

/** Decides what is asked next. Total and pure. */
export function talkTransition(talk: ModemTalk, event: TalkEvent): Step {
  switch (event.on) {
    case 'RoundBegun':
      if (talk.queue.length > 0) return [talk, []];
      // who is not known is asked again: it may have been starting
      return ask({ ...talk, answers: [], unanswered: 0, queue: talk.own?.length ? questions(talk.own) : IDENTIFY });
    case 'LineHeard':
      return hear(talk, event.text);
    case 'TimedOut':
      if (talk.queue.length === 0) return [talk, []];
      if (talk.unanswered + 1 >= UNANSWERED_MAX) return [MODEM_UNKNOWN, [{ do: 'giveUp' }]];
      return proceed({ ...talk, unanswered: talk.unanswered + 1 });
  }
}

function hear(talk: ModemTalk, text: string): Step {
  const [context, answer] = readAt(talk.context, text);
  const heard = { ...talk, context };
  if (!('kind' in answer)) return [heard, []]; // noise, or a field that nobody understands
  const known = talk.answers.length < ANSWERS_MAX ? { ...heard, answers: [...talk.answers, answer] } : heard;
  return talk.queue.length > 0 && endsAnswer(answer) ? proceed({ ...known, unanswered: 0 }) : [known, []];
}

function endsAnswer(answer: AtAnswer): boolean {
  return answer.kind === 'error' || (answer.kind === 'result' && /^(OK|ERROR)$/.test(answer.result));
}

/** The command that was asked is done with, answered or not. */
function proceed(talk: ModemTalk): Step {
  const [done, ...queue] = talk.queue;
  if (done !== LAST_OF_IDENTIFY) return ask({ ...talk, queue });
  const own = familyOf(talk.answers);
  return ask({ ...talk, own, queue: questions(own) });
}

function ask(talk: ModemTalk): Step {
  const [command] = talk.queue;
  if (command !== undefined) return [talk, [{ do: 'ask', command }]];
  return [talk, [{ do: 'finish', answers: talk.answers }]];
}

function questions(own: readonly string[]): readonly string[] {
  return [...OF_3GPP, ...own];
}

function familyOf(answers: readonly AtAnswer[]): readonly string[] {
  const said = answers.flatMap((answer) => (answer.kind === 'text' ? [answer.text] : []));
  return FAMILIES.find(([name]) => said.some((text) => name.test(text)))?.[1] ?? [];
}
