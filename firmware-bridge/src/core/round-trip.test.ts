import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { casesOf } from '../testing/dice.ts';
import { settingsSample } from '../testing/settings-files.ts';
import { configSample, numberCell, quotedCell, sampleCell, tableSample } from '../testing/table-files.ts';
import { parseComcfg, writeSettings } from './comcfg.ts';
import { parseConfig, writeConfig } from './config-txt.ts';
import { parseEstatFile } from './estat.ts';
import { eventsIn } from './events.ts';
import { tagsIn } from './instant-values.ts';
import { parseTable, writeTable } from './table-file.ts';

// With what comcfg.test.ts generates these are 10,000 files.

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const ROUND_TRIPS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  comcfg: (bytes) => writeSettings(assertOk(parseComcfg(bytes))),
  config: (bytes) => writeConfig(assertOk(parseConfig(bytes))),
  estat: (bytes) => writeSettings(assertOk(parseEstatFile(bytes))),
  events: (bytes) => writeTable(assertOk(parseTable(bytes, 'EVENTS_LINE_BAD'))),
  tags: (bytes) => writeTable(assertOk(parseTable(bytes, 'TAGS_LINE_BAD'))),
};
const HEADER = '"TagId";"TagName";"Value";"AlStatus";"AlType";"Quality"';

suite('files and answers come out byte for byte as they were', { timeoutMs: 60_000 }, (test) => {
  const cases = casesOf(2000);
  const same = (kind: string, bytes: Uint8Array, what: string) =>
    assert.ok(Buffer.from(bytes).equals(ROUND_TRIPS[kind]?.(bytes) ?? Buffer.alloc(0)), `${kind}, ${what}`);

  for (const kind of Object.keys(ROUND_TRIPS))
    test(`every fixture of ${kind}, whichever format it is read as`, () => {
      const names = readdirSync(FIXTURES).filter((name) => /^(comcfg|config|estat|events|tags)-/.test(name));
      assert.ok(names.some((name) => name.startsWith(`${kind}-`)));
      for (const name of names) same(kind, readFileSync(join(FIXTURES, name)), name);
    });

  test('estat, generated', () => {
    for (let seed = 0; seed < cases; seed++) {
      const { bytes, lines } = settingsSample(seed + 1e6);
      same('estat', bytes, `seed ${seed}`);
      const found = new Set(assertOk(parseEstatFile(bytes)).settings.map(({ line, key }) => `${line} ${key}`));
      for (const [i, { key }] of lines.entries()) assert.ok(key === undefined || found.has(`${i + 1} ${key}`));
    }
  });

  test('config.txt, generated; settings and rows are found', () => {
    for (let seed = 0; seed < cases; seed++) {
      const { bytes, settings, rows } = configSample(seed);
      same('config', bytes, `seed ${seed}`);
      const { sections, refused } = assertOk(parseConfig(bytes));
      assert.deepEqual(refused, [], `seed ${seed}`);
      assert.deepEqual(
        sections.flatMap((section) => section.settings.map((s) => [s.line, section.name, s.key, s.value])),
        settings,
        `seed ${seed}`,
      );
      const found = sections.flatMap(({ name, rows }) =>
        rows.map((row) => [row.line, name, row.cells.map((c) => c.text)]),
      );
      assert.deepEqual(found, rows, `seed ${seed}`);
    }
  });

  test('instant values, generated; every row is a tag or has a reason', () => {
    for (let seed = 0; seed < cases; seed++) {
      const { bytes, rows } = tableSample(seed, HEADER, (dice) => [
        ...[numberCell(dice, 3000), quotedCell(dice), sampleCell(dice), numberCell(dice, 2)],
        ...[numberCell(dice, 2), numberCell(dice, 65_536)],
      ]);
      same('tags', bytes, `seed ${seed}`);
      const read = tagsIn(assertOk(parseTable(bytes, 'TAGS_LINE_BAD')));
      for (const [line, cells] of rows) {
        const tag = read?.tags.find((candidate) => candidate.line === line);
        const refused = read?.refused.find((candidate) => candidate.line === line);
        assert.ok(tag || refused, `seed ${seed}, line ${line}`);
        if (tag) assert.equal(tag.reading.tag, cells[1]?.text.replace('ü', tag.reading.tag.includes('ü') ? 'ü' : 'Ã¼'));
      }
    }
  });

  test('events, generated; every row is found', () => {
    for (let seed = 0; seed < cases; seed++) {
      const { bytes, rows } = tableSample(seed, '', (dice) => [
        ...[
          { written: '"24/02/2016"', text: '' },
          { written: '"14:40:00"', text: '' },
        ],
        ...[quotedCell(dice), quotedCell(dice), numberCell(dice, 80_000), numberCell(dice, 2 ** 31)],
      ]);
      same('events', bytes, `seed ${seed}`);
      const { events } = eventsIn(assertOk(parseTable(bytes, 'EVENTS_LINE_BAD')));
      assert.deepEqual(
        events.map(({ line, event }) => [line, String(event.id)]),
        rows.map(([line, cells]) => [line, cells[5]?.text]),
        `seed ${seed}`,
      );
    }
  });
});
