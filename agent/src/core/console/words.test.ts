import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { SHOWN } from './commands/show.ts';
import { TREES } from './commands.ts';
import { type Mode, ROLES, type Role, type Word } from './tree.ts';
import { completed, helpFor, parseLine, piped } from './words.ts';

const ask = (what: string) => ({ do: 'ask', what });
const as = (mode: Mode, role: Role = 'administrator') => ({ mode, role });
const RUNS: readonly (readonly [string, object, string?])[] = [
  ...SHOWN.map((word) => [`show ${word}`, ask(`show ${word}`)] as const),
  ['sh st', ask('show status')],
  ['  sh   sl  ', ask('show slots')],
  ['sh loc', ask('show location')],
  ['patch conf', ask('patch confirm')],
  ['pa do', ask('patch download')],
  ['wa d', ask('wan drill')],
  ['term len 0', { do: 'length' }, '0'],
  ['term wid "132"', { do: 'width' }, '132'],
  ['no terminal length', { do: 'length', to: 24 }],
  ['no terminal width', { do: 'width', to: 80 }],
  ['no t d', { do: 'talk' }],
  ['ter d', { do: 'dumb' }],
  ['en', { do: 'enable' }],
  ['di', { do: 'disable' }],
  ['ex', { do: 'exit' }],
  ['h', { do: 'help' }],
];
/** A line, what is wrong with it, and at which column. */
const WRONGS: readonly (readonly [string, string, number, Mode?])[] = [
  ['show staus', 'invalid', 5],
  ['nonsense', 'invalid', 0],
  ['show status now', 'invalid', 12],
  ['SHOW status', 'invalid', 0],
  ['sh s', 'ambiguous', 3],
  ['show', 'incomplete', 5],
  ['  show  ', 'incomplete', 7],
  ['terminal length', 'incomplete', 16],
  ['terminal length x', 'invalid', 16],
  ['terminal length 513', 'invalid', 16],
  ['terminal length -1', 'invalid', 16],
  ['terminal length "24', 'invalid', 16],
  ['show "status"', 'invalid', 5],
  ['terminal width 39', 'invalid', 15],
  ['forget now', 'invalid', 7],
  ['no forget', 'invalid', 3],
  ['show status |', 'incomplete', 13],
  ['show status | grep x', 'invalid', 14],
  ['show status | include', 'incomplete', 21],
  ['| include x', 'invalid', 0],
  ['enable | include x', 'invalid', 7],
  ['forget', 'privileged', 0, 'user'],
  ['patch confirm', 'privileged', 0, 'user'],
  ['wan drill', 'privileged', 0, 'user'],
];
const names = (before: string, mode: Mode = 'privileged') =>
  helpFor(before, as(mode)).map((row) => row.trim().split(' ')[0]);

suite('words of a console', (test) => {
  for (const [line, run, ...given] of RUNS) {
    test(`"${line}" is understood`, () =>
      assert.deepEqual(parseLine(line, as('privileged')), { at: 'run', run, given }));
  }
  for (const [line, why, column, mode = 'privileged'] of WRONGS) {
    test(`"${line}" is ${why} at ${column}`, () =>
      assert.deepEqual(parseLine(line, as(mode)), { at: 'wrong', why, column }));
  }

  test('an empty line and one with "!" mean nothing', () => {
    for (const line of ['', '   ', '! forget', '!forget'])
      assert.deepEqual(parseLine(line, as('privileged')), { at: 'empty' });
  });

  test('forget is asked about first', () => {
    const parsed = parseLine('forget', as('privileged'));
    assert.ok(parsed.at === 'run' && parsed.run.do === 'ask' && parsed.run.confirm);
  });

  test('user mode shows what only shows', () => {
    assert.deepEqual(names('', 'user'), [
      ...['copy', 'disable', 'enable', 'exit', 'help', 'no', 'show', 'terminal', 'user'],
    ]);
    assert.deepEqual(
      names('', 'privileged').filter((name) => !names('', 'user').includes(name)),
      [
        ...['configure', 'debug', 'forget', 'location', 'patch', 'reboot', 'register', 'test', 'undebug', 'wan'],
        'wizard',
      ],
    );
  });

  test('help says what can follow, wherever it is asked', () => {
    assert.deepEqual(names('show s'), ['status', 'slots']);
    assert.deepEqual(names('sh '), [...SHOWN, 'audit', 'users']);
    assert.deepEqual(names('show status '), ['|', '<cr>']);
    assert.deepEqual(names('terminal length '), ['<0-512>']);
    assert.deepEqual(names('show status | '), ['begin', 'exclude', 'include']);
    assert.deepEqual(names('show status | include '), ['<text>']);
    for (const nothing of ['nonsense ', 'show x', 'show status x ']) assert.deepEqual(names(nothing), [], nothing);
  });

  test('Tab completes what is certain', () => {
    const rows = [
      ...[
        ['sh', 'show '],
        ['show s', 'show s'],
        ['show st', 'show status '],
        ['ter', 'terminal '],
        ['', ''],
        ['x', 'x'],
      ],
      ...[
        ['show status | i', 'show status | include '],
        ['terminal length ', 'terminal length '],
        ['sh st', 'sh status '],
      ],
      ...[
        ['show p', 'show p'],
        ['show pa', 'show patch '],
      ],
    ];
    for (const [before = '', after] of rows) assert.equal(completed(before, as('privileged')), after);
    assert.equal(completed('forg', as('user')), 'forg');
  });

  test('pipes choose lines by plain text', () => {
    const lines = ['one', 'two (.*)', 'three', 'two'];
    const by = (line: string) => {
      const parsed = parseLine(`show log ${line}`, as('user'));
      return parsed.at === 'run' ? piped(lines, parsed.pipe) : parsed;
    };
    assert.deepEqual(by('| include two'), ['two (.*)', 'two']);
    assert.deepEqual(by('| inc (.*)'), ['two (.*)']);
    assert.deepEqual(by('| e two'), ['one', 'three']);
    assert.deepEqual(by('|begin three'), ['three', 'two']);
    assert.deepEqual(by('| begin four'), []);
    assert.deepEqual(by(''), lines);
    assert.deepEqual(by('| include a | b'), []);
  });

  test('who may not is not shown it', () => {
    const all = names('');
    const may = (role: Role) => helpFor('', as('privileged', role)).map((row) => row.trim().split(' ')[0]);
    assert.deepEqual(may('administrator'), all);
    assert.deepEqual(may('viewer'), ['disable', 'exit', 'help', 'no', 'show', 'terminal', 'user']);
    for (const { word, needs, role } of [...TREES.user, ...TREES.config])
      assert.ok(needs === undefined || (role !== undefined && role !== 'viewer'), `${word}: who may change something`);
    assert.deepEqual(parseLine('forget', as('privileged', 'viewer')), { at: 'wrong', why: 'invalid', column: 0 });
    assert.deepEqual([...ROLES], ['viewer', 'technician', 'administrator']);
  });

  test('every word has help that fits a row, and every way ends in a command', () => {
    const walk = (words: readonly Word[], before: string): void => {
      for (const { word, help, to, value, run } of words) {
        assert.ok(help.length > 0 && help.length <= 60, `${before}${word}: ${help}`);
        assert.ok(run || to || value, `${before}${word}`);
        if (to) walk(to, `${before}${word} `);
      }
      assert.deepEqual(new Set(words.map(({ word }) => word)).size, words.length, `${before}: one word for one thing`);
    };
    for (const tree of Object.values(TREES)) walk(tree, '');
  });

  test('no line throws', () => {
    const word = fc.constantFrom(
      'show',
      'sh',
      'status',
      'terminal',
      'length',
      '0',
      'no',
      '|',
      'include',
      '__proto__',
      '',
    );
    const line = fc.oneof(
      fc.string(),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(line, fc.constantFrom<Mode>('user', 'privileged', 'config'), (text, mode) => {
        parseLine(text, as(mode));
        helpFor(text, as(mode));
        assert.ok(completed(text, as(mode)).startsWith(text));
      }),
    );
  });
});
