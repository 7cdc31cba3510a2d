import { DEBUG_MINUTES, DEBUG_TOPICS, type DebugTopic } from '../debug.ts';
import type { Place, Word } from '../tree.ts';
import { numberFrom } from './terminal.ts';

export type DeviceOrderName = 'reboot' | 'test led' | 'debug' | 'no debug';

const HELP: Readonly<Record<DebugTopic, string>> = {
  uplink: 'The connection to the account',
  wan: 'The way to the account',
  card: 'What is in the slots',
  registration: 'Joining an account',
  patch: 'Security patches',
  all: 'All that the agent logs',
};
const INTERRUPTS = 'This restarts the board; the machine beside it goes on.';
const each = (place: (topic: DebugTopic) => Place): readonly Word[] =>
  DEBUG_TOPICS.map((word) => ({ word, help: HELP[word], ...place(word) }));
const NO_DEBUG: Place = { run: { do: 'ask', what: 'no debug' } };

/** The board itself. */
export const DEVICE_WORDS: readonly Word[] = [
  {
    ...{ word: 'debug', help: 'Show what the agent logs, for some minutes', needs: 'privileged', role: 'technician' },
    to: each((topic) => ({
      run: { do: 'ask', what: 'debug', given: [topic, `${DEBUG_MINUTES.usual}`] },
      value: {
        ...numberFrom(DEBUG_MINUTES.min, DEBUG_MINUTES.max, 'Minutes'),
        run: { do: 'ask', what: 'debug', given: [topic] },
      },
    })),
  },
  {
    ...{ word: 'reboot', help: 'Restart the board', needs: 'privileged', role: 'technician' },
    run: { do: 'ask', what: 'reboot', confirm: INTERRUPTS },
  },
  {
    ...{ word: 'test', help: 'Try parts of the board', needs: 'privileged', role: 'technician' },
    to: [
      { word: 'led', help: 'Show all that the LED can say, one after another', run: { do: 'ask', what: 'test led' } },
    ],
  },
  {
    ...{ word: 'undebug', help: 'Show no more of it', needs: 'privileged', role: 'technician' },
    ...NO_DEBUG,
    to: [{ word: 'all', help: 'The same', ...NO_DEBUG }],
  },
];

/** Below `no`. */
export const NO_DEBUG_WORD: Word = {
  ...{ word: 'debug', help: 'Show no more of what the agent logs', ...NO_DEBUG },
  to: each((topic) => ({ run: { do: 'ask', what: 'no debug', given: [topic] } })),
};
