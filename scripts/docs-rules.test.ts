import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  anchorsOf,
  decisionFaults,
  doubledWordsIn,
  errorsPage,
  forbiddenWordsIn,
  linksOf,
  pathsNamedIn,
} from './docs-rules.ts';

const PARTS = '# x\n\nDate: 2026-03-01 · **Status:** accepted\n## Background\n## Options\n## Outcome\n';

suite('document rules', (test) => {
  test('the page of errors has one row per code, and a bar does not break its table', () => {
    const page = errorsPage({ USAGE: { severity: 'error', text: 'a|b.', next: 'c.' } });
    assert.match(page, /^\| `USAGE` \| error \| a\\\|b\. \| c\. \|$/m);
  });

  test('links into the repository are found with their line, others are not', () => {
    const text =
      '[a](docs/a.md)\n![b](b.png "B") [c](#d) [e](https://example.org/) [m](mailto:a@b.c)\n`[f](f.md)`\n```\n[g](g.md)\n```\n[h]: h.md#i\n';
    assert.deepEqual(linksOf(text), [
      { file: 'docs/a.md', anchor: '', line: 1 },
      { file: 'b.png', anchor: '', line: 2 },
      { file: '', anchor: 'd', line: 2 },
      { file: 'h.md', anchor: 'i', line: 7 },
    ]);
  });

  test('anchors are made of headings as GitHub makes them', () => {
    const anchors = anchorsOf(
      '# Two commands\n## `make demo`, at once!\n## Two commands\n```\n# none\n```\n### A [link](b.md) ##\n',
    );
    assert.deepEqual([...anchors], ['two-commands', 'make-demo-at-once', 'two-commands-1', 'a-link']);
  });

  test('a word that stands twice is found, also over a line end; code, tables and names are left alone', () => {
    assert.deepEqual(doubledWordsIn('It is is\nso, and the\nThe end.'), ['line 1: "is is"', 'line 2: "the The"']);
    assert.deepEqual(doubledWordsIn('`a a` | is | is |\n```\nb b\n```\nthat. That 1 1 is-is bye-bye bye'), []);
  });

  test('decisions are numbered without gaps and have all parts', () => {
    assert.deepEqual(decisionFaults({ '0001-a.md': PARTS, '0002-b-c.md': PARTS }), []);
    assert.match(decisionFaults({ '0001-a.md': PARTS, '0003-b.md': PARTS })[0] ?? '', /0003-b\.md: 0002 is expected/);
    assert.match(decisionFaults({ '0001-a.md': PARTS, '0001-b.md': PARTS })[0] ?? '', /0001-b\.md: 0002 is expected/);
    assert.match(decisionFaults({ 'a.md': PARTS })[0] ?? '', /not named/);
    for (const part of ['Date', 'Status', 'Background', 'Options', 'Outcome']) {
      const faults = decisionFaults({ '0001-a.md': PARTS.replace(part, 'Other') });
      assert.deepEqual(faults, [`0001-a.md: has no ${part}`]);
    }
  });

  test('what looks like a path of the repository is told from other code', () => {
    const text =
      '`agent/src/core/` `./docs/errors.md` `README.md` `card/` `T2M.txt` `docs/decisions/NNNN-*.md` `make demo` `agent/*/x` `a/b`';
    assert.deepEqual(pathsNamedIn(text, ['agent', 'docs']), ['agent/src/core/', 'docs/errors.md', 'README.md']);
  });

  test('machine paths and hosts of registries are found', () => {
    const pieces = [
      ['/wo', 'rk/x'],
      ['"/ro', 'ot/x'],
      ['/ho', 'me/anna'],
      ['https://registry.npm', 'js.org'],
      ['deb.deb', 'ian.org'],
      ['proxy.gol', 'ang.org'],
      ['pyp', 'i.org'],
    ];
    for (const piece of pieces) assert.equal(forbiddenWordsIn(`a\n${piece.join('')}\n`).length, 1, piece.join(''));
    assert.deepEqual(forbiddenWordsIn('https://example.org/work/ ./work/ network/ /home/USER/ /var/lib/x'), []);
  });
});
