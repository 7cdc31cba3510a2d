import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { classesIn, sentencesIn } from './page-texts.ts';
import { ROOT } from './workspaces.ts';

const PAGE = join(ROOT, 'account', 'src', 'page', 'client');
const read = (path: string): string => readFileSync(join(PAGE, path), 'utf8');
const CLASSES = new Set(globSync('style/*.css', { cwd: PAGE }).flatMap((path) => classesIn(read(path))));

suite('texts of the page', (test) => {
  test('what a person reads is found: in strings, in templates, between tags, around placeholders', () => {
    const table = {
      "say('Nothing was done.')": 'Nothing was done.',
      "return 'just now'": 'just now',
      'return `${n} min ago`': '0 min ago',
      '<button title="Close" />': 'Close',
      "label={busy ? 'Working…' : x}": 'Working…',
      '<p class="quiet">None yet</p>': 'None yet',
      '<p>\n  None of {count}\n</p>': 'None of',
      '<p>{count} left</p>': 'left',
    };
    for (const [source, text] of Object.entries(table))
      assert.deepEqual(
        sentencesIn('a.tsx', `\n${source}`, CLASSES).map((one) => one.text),
        [text],
        source,
      );
    assert.equal(sentencesIn('a.ts', "\n\nsay('Not done.')", CLASSES)[0]?.line, 3);
  });

  test('what programs read is none', () => {
    for (const source of [
      "import { a } from './a b.ts'",
      "if (key === 'Escape') on({ on: 'Loaded' })",
      '<p class="quiet mono">{text}</p>',
      "const [a, b] = useState<Map<string, number>>(); // don't say 'Not done.'",
      "matchMedia('(prefers-color-scheme: dark)')",
      'const f = async (): Promise<Answer<void>> => { }',
      "`ewons/${id}?${new URLSearchParams({ form: 'x' })}`",
    ])
      assert.deepEqual(sentencesIn('a.tsx', source, CLASSES), [], source);
  });

  test('numbers and dates are written in the language of the texts, and in none that is named elsewhere', () => {
    const named = globSync('**/*.{ts,tsx}', { cwd: PAGE }).filter((path) =>
      /\.toLocale\w+\(\s*['"`)]/.test(read(path)),
    );
    assert.deepEqual(named, [], 'numberText() of words.ts writes them');
  });

  test('the sentences of the page stand in texts*.ts alone', () => {
    const sources = globSync('**/*.{ts,tsx,html}', { cwd: PAGE }).filter(
      (path) => !/^texts(-\w+)*\.ts$/.test(basename(path)) && !/\.test\.ts$|^testing\//.test(path),
    );
    assert.ok(sources.length > 100, 'the page was looked for in the wrong place');
    const found = sources.flatMap((path) =>
      sentencesIn(path, read(path), CLASSES).map(
        ({ text, line }) => `${path}:${line}: “${text}” belongs into a texts file`,
      ),
    );
    assert.deepEqual(found, []);
  });
});
