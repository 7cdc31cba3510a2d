import type { Value, Word } from '../tree.ts';

export const TERMINAL_LENGTH = { min: 0, max: 512, usual: 24 } as const;
export const TERMINAL_WIDTH = { min: 40, max: 512, usual: 80 } as const;

/** A whole number. */
export function numberFrom(min: number, max: number, help = 'A number'): Omit<Value, 'run' | 'to' | 'value'> {
  const isValid = (text: string) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max;
  return { label: `${min}-${max}`, help, isValid };
}

/** How one talks to the console, and leaves it. */
export const TERMINAL_WORDS: readonly Word[] = [
  { word: 'disable', help: 'Back to user mode', run: { do: 'disable' } },
  {
    ...{ word: 'enable', help: 'Privileged mode: commands that change something', role: 'technician' },
    run: { do: 'enable' },
  },
  { word: 'exit', help: 'Leave the console', run: { do: 'exit' } },
  { word: 'help', help: 'How to use the console', run: { do: 'help' } },
  {
    ...{ word: 'terminal', help: 'This terminal' },
    to: [
      { word: 'dumb', help: 'Talk to a script: one line of JSON and a status word', run: { do: 'dumb' } },
      {
        ...{ word: 'length', help: 'Rows on a page; 0 does not stop' },
        value: { ...numberFrom(TERMINAL_LENGTH.min, TERMINAL_LENGTH.max), run: { do: 'length' } },
      },
      { word: 'monitor', help: 'Show lines of the log as they are written', run: { do: 'monitor' } },
      {
        ...{ word: 'width', help: 'Columns of a row' },
        value: { ...numberFrom(TERMINAL_WIDTH.min, TERMINAL_WIDTH.max), run: { do: 'width' } },
      },
    ],
  },
];

/** Takes settings back. */
export const NO_WORDS: readonly Word[] = [
  {
    ...{ word: 'no', help: 'Take a setting back' },
    to: [
      {
        ...{ word: 'terminal', help: 'This terminal' },
        to: [
          { word: 'dumb', help: 'Talk to a person again', run: { do: 'talk' } },
          { word: 'length', help: '24 rows again', run: { do: 'length', to: TERMINAL_LENGTH.usual } },
          { word: 'monitor', help: 'Hide lines of the log', run: { do: 'unmonitor' } },
          { word: 'width', help: '80 columns again', run: { do: 'width', to: TERMINAL_WIDTH.usual } },
        ],
      },
    ],
  },
];
