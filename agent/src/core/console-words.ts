// What can be typed at a console, as a tree of words, and what a line means by it.

export type Mode = 'user' | 'privileged';
/** What is shown; what of it a running agent tells is the same as its command of that name tells. */
export const SHOWN = [
  ...(['status', 'slots', 'card', 'registration', 'identity', 'wan', 'location', 'patch', 'uplink', 'policy'] as const),
  ...(['log', 'version'] as const),
] as const;
export type Shown = (typeof SHOWN)[number];
/** What somebody outside of the console does. */
export type ConsoleOrder = `show ${Shown}` | 'patch confirm' | 'patch download' | 'wan drill' | 'forget';
/** What a command is. `ask` with `confirm`: only after somebody typed yes. */
export type Run =
  | { readonly do: 'ask'; readonly what: ConsoleOrder; readonly confirm?: string }
  | { readonly do: 'length' | 'width'; readonly to: number }
  | { readonly do: 'dumb' | 'talk' | 'enable' | 'disable' | 'exit' | 'help' };
export type Pipe = { readonly by: 'include' | 'exclude' | 'begin'; readonly text: string };
export type Parsed =
  | { readonly at: 'empty' }
  | { readonly at: 'run'; readonly run: Run; readonly pipe?: Pipe }
  /** `column`: of the word that is wrong, in the line. */
  | { readonly at: 'wrong'; readonly why: keyof typeof WRONG; readonly column: number };

export const WRONG = {
  invalid: '% Invalid input',
  ambiguous: '% Ambiguous command',
  incomplete: '% Incomplete command',
  privileged: '% Needs privileged mode: type "enable" first',
} as const;

export const TERMINAL_LENGTH = { min: 0, max: 512, usual: 24 } as const;
export const TERMINAL_WIDTH = { min: 40, max: 512, usual: 80 } as const;

type Word = {
  readonly word: string;
  readonly help: string;
  readonly needs?: 'privileged';
  readonly to?: readonly Word[];
  readonly run?: Run;
  /** A number is taken instead of a word. */
  readonly number?: { readonly min: number; readonly max: number; readonly run: (value: number) => Run };
};

const SHOW_HELP: Readonly<Record<Shown, string>> = {
  status: 'How far registration and uplink have come',
  slots: 'What could be a slot on this board',
  card: 'What is in the slots, and what became of it',
  registration: 'Which account, and what is waited for',
  identity: 'Key and names of this Ewon',
  wan: 'The way to the account, over which link',
  location: 'Whether this Ewon may be located, and the ledger',
  patch: 'Security patches, and what they wait for',
  uplink: 'The connection to the account',
  policy: 'What is allowed, and who decided that',
  log: 'The newest events',
  version: 'Version of the agent',
};
const UNLINK = 'This unlinks the Ewon from its account, on both sides.';

const TREE: readonly Word[] = [
  { word: 'disable', help: 'Back to user mode', run: { do: 'disable' } },
  { word: 'enable', help: 'Privileged mode: commands that change something', run: { do: 'enable' } },
  { word: 'exit', help: 'Leave the console', run: { do: 'exit' } },
  {
    ...{ word: 'forget', help: 'Unlink this Ewon from its account', needs: 'privileged' },
    run: { do: 'ask', what: 'forget', confirm: UNLINK },
  },
  { word: 'help', help: 'How to use the console', run: { do: 'help' } },
  {
    ...{ word: 'no', help: 'Take a setting back' },
    to: [
      {
        ...{ word: 'terminal', help: 'This terminal' },
        to: [
          { word: 'dumb', help: 'Talk to a person again', run: { do: 'talk' } },
          { word: 'length', help: '24 rows again', run: { do: 'length', to: TERMINAL_LENGTH.usual } },
          { word: 'width', help: '80 columns again', run: { do: 'width', to: TERMINAL_WIDTH.usual } },
        ],
      },
    ],
  },
  {
    ...{ word: 'patch', help: 'Security patches', needs: 'privileged' },
    to: [
      { word: 'confirm', help: 'Say yes to the patch that waits', run: { do: 'ask', what: 'patch confirm' } },
      { word: 'download', help: 'Look for patches now, and bring them', run: { do: 'ask', what: 'patch download' } },
    ],
  },
  {
    ...{ word: 'show', help: 'Say how things are' },
    to: SHOWN.map((word) => ({ word, help: SHOW_HELP[word], run: { do: 'ask', what: `show ${word}` } })),
  },
  {
    ...{ word: 'terminal', help: 'This terminal' },
    to: [
      { word: 'dumb', help: 'Talk to a script: one line of JSON and a status word', run: { do: 'dumb' } },
      {
        ...{ word: 'length', help: 'Rows on a page; 0 does not stop' },
        number: { ...TERMINAL_LENGTH, run: (to) => ({ do: 'length', to }) },
      },
      {
        ...{ word: 'width', help: 'Columns of a row' },
        number: { ...TERMINAL_WIDTH, run: (to) => ({ do: 'width', to }) },
      },
    ],
  },
  {
    ...{ word: 'wan', help: 'The way to the account', needs: 'privileged' },
    to: [{ word: 'drill', help: 'Prove the way over each link', run: { do: 'ask', what: 'wan drill' } }],
  },
];
const PIPES = [
  { word: 'begin', help: 'From the first line that holds a text' },
  { word: 'exclude', help: 'Lines that do not hold a text' },
  { word: 'include', help: 'Lines that hold a text' },
] as const satisfies readonly Word[];

/** Says what a line means. A line that begins with `!` means nothing, so that scripts can say why. */
export function parseLine(line: string, mode: Mode): Parsed {
  const { command, pipe } = splitPipe(line);
  const words = wordsOf(command);
  if (words[0]?.text.startsWith('!')) return { at: 'empty' };
  if (words.length === 0) return pipe === undefined ? { at: 'empty' } : wrong('invalid', command.length);
  const walk = walked(words, mode);
  if ('why' in walk) return wrong(walk.why, walk.column);
  if (!walk.run) return wrong('incomplete', command.trimEnd().length + 1);
  if (pipe === undefined) return { at: 'run', run: walk.run };
  const meant = pipeOf(pipe, command.length + 1);
  if ('at' in meant) return meant;
  return walk.run.do === 'ask' ? { at: 'run', run: walk.run, pipe: meant } : wrong('invalid', command.length);
}

/** What can follow the text before the cursor: a row for each. Empty: nothing can. */
export function helpFor(before: string, mode: Mode): readonly string[] {
  const next = nextOf(before, mode);
  const rows = next.words.map(({ word, help }) => `  ${word.padEnd(14)} ${help}`);
  return [...rows, ...(next.canEnd ? [`  ${'|'.padEnd(14)} Choose lines`, '  <cr>'] : [])];
}

/** The same text with its last word completed as far as it is certain. */
export function completed(before: string, mode: Mode): string {
  const { words, typed } = nextOf(before, mode);
  const [first, ...others] = words.map(({ word }) => word);
  if (first === undefined || first.startsWith('<')) return before;
  const common = others.reduce((start, word) => commonStart(start, word), first);
  const rest = common.slice(typed.length);
  return before + rest + (others.length === 0 ? ' ' : '');
}

/** The lines that a pipe lets through. Text is taken as it is: no pattern can take for ever. */
export function piped(lines: readonly string[], pipe: Pipe | undefined): readonly string[] {
  if (!pipe) return lines;
  const { by, text } = pipe;
  if (by === 'begin') {
    const first = lines.findIndex((line) => line.includes(text));
    return first < 0 ? [] : lines.slice(first);
  }
  return lines.filter((line) => line.includes(text) === (by === 'include'));
}

type Typed = { readonly text: string; readonly column: number };
type Wrong = { readonly why: keyof typeof WRONG; readonly column: number };
type Walk = { readonly run?: Run | undefined; readonly to: readonly Word[]; readonly number?: Word['number'] };

function wrong(why: keyof typeof WRONG, column: number): Parsed {
  return { at: 'wrong', why, column };
}

function wordsOf(text: string): readonly Typed[] {
  return [...text.matchAll(/[^ ]+/g)].map((match) => ({ text: match[0], column: match.index }));
}

function splitPipe(line: string): { readonly command: string; readonly pipe?: string } {
  const at = line.indexOf('|');
  return at < 0 ? { command: line } : { command: line.slice(0, at), pipe: line.slice(at + 1) };
}

function pipeOf(pipe: string, column: number): Pipe | Parsed {
  const [by] = wordsOf(pipe);
  if (!by) return wrong('incomplete', column + pipe.length);
  const found = PIPES.filter(({ word }) => word.startsWith(by.text));
  if (found.length !== 1 || !found[0]) return wrong('invalid', column + by.column);
  const text = pipe.slice(by.column + by.text.length).trim();
  return text === '' ? wrong('incomplete', column + pipe.length) : { by: found[0].word, text };
}

/** Goes down the tree by words that may be shortened. */
function walked(words: readonly Typed[], mode: Mode): Walk | Wrong {
  let here: Walk = { to: TREE };
  for (const { text, column } of words) {
    const { number } = here;
    if (number) {
      const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= number.min && value <= number.max)) return { why: 'invalid', column };
      here = { run: number.run(value), to: [] };
      continue;
    }
    const meant = here.to.filter(({ word }) => word.startsWith(text));
    const found = meant.find(({ word }) => word === text) ?? (meant.length === 1 ? meant[0] : undefined);
    if (!found) return { why: meant.length > 1 ? 'ambiguous' : 'invalid', column };
    if (!isFor(found, mode)) return { why: 'privileged', column };
    here = { run: found.run, to: found.to ?? [], ...(found.number && { number: found.number }) };
  }
  return here;
}

function isFor({ needs }: Word, mode: Mode): boolean {
  return needs === undefined || needs === mode;
}

type Next = { readonly words: readonly Word[]; readonly typed: string; readonly canEnd: boolean };

function nextOf(before: string, mode: Mode): Next {
  const { command, pipe } = splitPipe(before);
  const typed = /[^ ]*$/.exec(pipe ?? command)?.[0] ?? '';
  const none = { words: [], typed, canEnd: false };
  const done = wordsOf((pipe ?? command).slice(0, (pipe ?? command).length - typed.length));
  if (pipe !== undefined) {
    if (done.length > 0) return { ...none, words: [{ word: '<text>', help: 'What the line holds' }] };
    return { ...none, words: PIPES.filter(({ word }) => word.startsWith(typed)) };
  }
  const walk = walked(done, mode);
  if ('why' in walk) return none;
  const { number, to, run } = walk;
  if (number) return { ...none, words: [{ word: `<${number.min}-${number.max}>`, help: 'A number' }] };
  const words = to.filter((word) => word.word.startsWith(typed) && isFor(word, mode));
  return { words, typed, canEnd: run !== undefined && typed === '' };
}

function commonStart(a: string, b: string): string {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i += 1;
  return a.slice(0, i);
}
