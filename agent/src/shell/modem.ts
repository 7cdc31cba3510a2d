import type {
  Cancel,
  ClockPort,
  LogPort,
  Millis,
  OpenSerialPort,
  SerialPort,
  SerialSettings,
} from '@ewon-agent/contracts';
import { MODEM_UNKNOWN, type ModemTalk, type TalkEvent, talkTransition } from '../core/modem-talk.ts';
import type { LinkReading } from '../core/wan-link.ts';
import { modemReading } from '../core/wan-modem.ts';

/** Longer than any question here takes a modem that is well; 3GPP leaves the time open. */
const ANSWER_MS = 5000;

type Parts = {
  readonly open: OpenSerialPort;
  readonly clock: Pick<ClockPort, 'after'>;
  readonly log: Pick<LogPort, 'write'>;
  readonly port: SerialSettings;
  /** The interface that is its link. */
  readonly link: string;
  /** From one round of questions to the next. */
  readonly everyMs: Millis;
  /** There is something new to read. */
  readonly heard: () => void;
};

/** A modem that is asked now and then. */
export type Modem = {
  /** What it said in its last round; undefined while it is away or silent. */
  reading(): LinkReading | undefined;
  stop(): Promise<void>;
};

/** Asks a modem how its network is, again and again; it is looked at and never changed. */
export function startModem({ open, clock, log, port: settings, link, everyMs, heard }: Parts): Modem {
  let talk: ModemTalk = MODEM_UNKNOWN;
  let last: LinkReading | undefined;
  let cancelRound: Cancel = () => {};
  let cancelAnswer: Cancel = () => {};

  const tell = (reading: LinkReading | undefined) => {
    if (reading === undefined && last === undefined) return;
    last = reading;
    heard();
  };
  const post = (event: TalkEvent) => {
    const [next, effects] = talkTransition(talk, event);
    talk = next;
    for (const effect of effects) {
      cancelAnswer();
      switch (effect.do) {
        case 'ask':
          cancelAnswer = clock.after(ANSWER_MS, () => post({ on: 'TimedOut' }));
          void port.write(`${effect.command}\r`); // one that was not taken is not answered either
          break;
        case 'finish':
          tell(modemReading(effect.answers, link));
          break;
        case 'giveUp':
          log.write('warn', 'wan', 'the modem does not answer', { path: settings.path });
          tell(undefined);
          break;
      }
    }
  };
  const round = () => {
    cancelRound();
    cancelRound = clock.after(everyMs, round);
    post({ on: 'RoundBegun' });
  };
  const rest = () => {
    cancelRound();
    cancelAnswer();
    talk = MODEM_UNKNOWN;
  };

  const port: SerialPort = open(settings, {
    opened: round,
    line: ({ text, cut }) => {
      if (!cut) post({ on: 'LineHeard', text });
    },
    gone({ code, detail }) {
      log.write('warn', 'wan', detail, { code });
      rest();
      tell(undefined);
    },
  });
  return {
    reading: () => last,
    async stop() {
      rest();
      await port.close();
    },
  };
}
