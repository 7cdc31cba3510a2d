import { readFileSync } from 'node:fs';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { TREES } from '../../core/console/commands.ts';
import { consoleTransition, initialConsole } from '../../core/console/session.ts';
import { type Mode, mayAs, type Place, ROLES, type Role, type Word } from '../../core/console/tree.ts';

/** A command without its values, as words. */
type Path = readonly string[];

/** Every place where a command may end. */
function commandsOf(words: readonly Word[], before: Path = []): readonly Path[] {
  const below = (place: Place, path: Path): readonly Path[] => [
    ...(place.run ? [path] : []),
    ...commandsOf(place.to ?? [], path),
    ...(place.value ? below(place.value, path) : []),
  ];
  return words.flatMap((word) => below(word, [...before, word.word]));
}

/**
 * What the tables of a page list, as patterns: `A`, `B` with one word each share the words before it, capitals are any word or none, `...` is
 * whatever follows.
 */
function listedIn(page: string): ReadonlyMap<string, RegExp> {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8');
  const table = /^\| command \| what it does \|\n\|---\|---\|\n((?:\|.*\n)+)/m.exec(text)?.[1] ?? '';
  const listed = new Map<string, RegExp>();
  for (const row of table.split('\n')) {
    let first = '';
    for (const [, phrase = ''] of (row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)) {
      const words = phrase.split(' ');
      const all = words.length > 1 || first === '' ? words : [first, ...words];
      if (words.length > 1 && words[0] === 'show') first = 'show';
      const pattern = all
        .filter((word) => !/^(N|NAME|VALUE)$/.test(word))
        .map((word) => {
          if (word.startsWith('[')) return '( \\S+)?';
          return ` ${word === '...' ? '.*' : /^[A-Z]+$/.test(word) ? '\\S+' : word}`;
        })
        .join('')
        .trim();
      listed.set(all.join(' '), new RegExp(`^${pattern}$`));
    }
  }
  return listed;
}

/** What `?` shows in a session of that mode. */
function helpRows(mode: Mode, role: Role, before = ''): readonly string[] {
  let state = { ...initialConsole({}, { name: 'ada', role }), mode };
  let said = '';
  for (const bytes of [`${before}?`, '    ', '    ', '    ', '    ']) {
    const [next, effects] = consoleTransition(state, { on: 'typed', bytes: Buffer.from(bytes) });
    state = next as typeof state;
    for (const effect of effects) if (effect.do === 'write') said += effect.text;
  }
  return said.replaceAll(/\r *\r/g, '\r\n').split('\r\n');
}

suite('the pages about the console', (test) => {
  for (const [page, mode] of [
    ['console.md', 'privileged'],
    ['configuring.md', 'config'],
  ] as const)
    test(`docs/${page} lists every command, and none that there is not`, () => {
      const listed = listedIn(page);
      const commands = commandsOf(TREES[mode]).map((path) =>
        // a section or a key is a name there
        (mode === 'config' && /^(set|no)$/.test(path[0] ?? '') ? path.slice(0, 1) : path).join(' '),
      );
      const missing = commands.filter((command) => ![...listed.values()].some((pattern) => pattern.test(command)));
      assert.deepEqual([...new Set(missing)], []);
      const dead = [...listed].filter(([, pattern]) => !commands.some((command) => pattern.test(command)));
      assert.deepEqual(
        dead.map(([phrase]) => phrase),
        [],
      );
    });

  for (const mode of Object.keys(TREES) as Mode[])
    for (const role of ROLES)
      test(`"?" in ${mode} mode shows a ${role} what he may, within 80 columns`, () => {
        const rows = helpRows(mode, role);
        for (const row of rows) assert.ok(row.length < 80, row);
        const shown = rows.flatMap((row) => /^ {2}(\S+) /.exec(row)?.[1] ?? []);
        const may = TREES[mode].filter((word) => mayAs(role, word.role) && (mode !== 'user' || !word.needs));
        assert.deepEqual(
          shown.filter((word) => word !== '|'),
          may.map(({ word }) => word),
        );
        assert.ok(may.length > 2, 'a person can leave and be helped');
        for (const { word, to } of may) if (to) assert.ok(helpRows(mode, role, `${word} `).length > 2, `${word} ?`);
      });
});
