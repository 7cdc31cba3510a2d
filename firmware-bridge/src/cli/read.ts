import { err, type Result } from '@ewon-agent/contracts';
import { TAGS_MAX_BYTES } from '../adapters/ewon-http.ts';
import { parseSince } from '../core/address.ts';
import { EVENTS_DESCRIPTOR } from '../core/events.ts';
import { INSTANT_VALUES_DESCRIPTOR } from '../core/instant-values.ts';
import { FILE_PARSERS, type FileParser, isRefused, type ParsedRecord } from '../core/parsed-record.ts';
import { sameKey } from '../core/setting-line.ts';
import { parseSettingName, type SettingName, settingLabel } from '../core/settings-change.ts';
import { TEXT_MAX_BYTES } from '../core/text-file.ts';
import { askBlock, type Ewon, readSettings, whoIsThere } from './ewon.ts';
import { EXIT, type ExitStatus, type Form, type Io, json, sayFault } from './io.ts';
import { asText } from './record-text.ts';

/** `ewon-bridge events`: what happened since a while, or all of it. */
export async function events(io: Io, form: Form, ewon: Ewon, since: string | undefined): Promise<ExitStatus> {
  const from = since === undefined ? undefined : parseSince(since);
  if (from && !from.ok) return sayFault(io, form, from.fault);
  const descriptor = from ? `${EVENTS_DESCRIPTOR}$st${from.value}` : EVENTS_DESCRIPTOR;
  return printBlock(io, form, {
    ewon,
    descriptor,
    maxBytes: TEXT_MAX_BYTES,
    parse: FILE_PARSERS.events,
    none: 'no events',
  });
}

/** `ewon-bridge tags`: the value of every tag. */
export function tags(io: Io, form: Form, ewon: Ewon): Promise<ExitStatus> {
  const [descriptor, maxBytes] = [INSTANT_VALUES_DESCRIPTOR, TAGS_MAX_BYTES];
  return printBlock(io, form, { ewon, descriptor, maxBytes, parse: FILE_PARSERS.tags, none: 'no tags' });
}

/** `ewon-bridge get`: the settings that are named, or all of comcfg.txt (of config.txt). */
export async function get(
  io: Io,
  form: Form,
  asked: { readonly ewon: Ewon; readonly names: readonly string[]; readonly file: 'comcfg' | 'config' },
): Promise<ExitStatus> {
  const names: SettingName[] = [];
  for (const text of asked.names) {
    const name = parseSettingName(text);
    if (!name.ok) return sayFault(io, form, name.fault);
    names.push(name.value);
  }
  const known = await whoIsThere(asked.ewon);
  if (!known.ok) return sayFault(io, form, known.fault);
  if (names.length === 0) return printRecords(io, form, await recordsOf(asked.ewon, asked.file), 'no settings');
  const records: ParsedRecord[] = [];
  for (const file of ['comcfg', 'config'] as const) {
    const here = names.filter(({ section }) => (section === undefined) === (file === 'comcfg'));
    if (here.length === 0) continue;
    const all = await recordsOf(asked.ewon, file);
    if (!all.ok) return sayFault(io, form, all.fault);
    for (const name of here) {
      const record = all.value.findLast((candidate) => isOf(candidate, name));
      if (!record) return sayFault(io, form, err('EWON_KEY_UNKNOWN', settingLabel(name)).fault);
      records.push(record);
    }
  }
  return printRecords(io, form, { ok: true, value: records });
}

async function recordsOf(ewon: Ewon, file: 'comcfg' | 'config'): Promise<Result<readonly ParsedRecord[]>> {
  const bytes = await readSettings(ewon, `${file}.txt`);
  return bytes.ok ? FILE_PARSERS[file](bytes.value) : bytes;
}

function isOf(record: ParsedRecord, { section, key }: SettingName): boolean {
  return typeof record['key'] === 'string' && sameKey(record['key'], key) && record['section'] === section;
}

type Block = {
  readonly ewon: Ewon;
  readonly descriptor: string;
  readonly maxBytes: number;
  readonly parse: FileParser;
  readonly none: string;
};

async function printBlock(io: Io, form: Form, { ewon, descriptor, maxBytes, parse, none }: Block): Promise<ExitStatus> {
  const bytes = await askBlock(ewon, descriptor, maxBytes);
  if (!bytes.ok) return sayFault(io, form, bytes.fault);
  const records = parse(bytes.value);
  // a page of HTML instead of an export block is a page of something else
  if (!records.ok || (records.value.length > 0 && records.value.every(isRefused)))
    return sayFault(io, form, err('EWON_NOT_ONE', `no answer to ${descriptor}`).fault);
  return printRecords(io, form, records, none);
}

/** Prints records; one that was refused makes the exit status. */
export function printRecords(
  io: Io,
  form: Form,
  records: Result<readonly ParsedRecord[]>,
  none = 'nothing',
): ExitStatus {
  if (!records.ok) return sayFault(io, form, records.fault);
  if (form === 'json') io.stdout(records.value.map(json).join(''));
  else if (records.value.length === 0) io.stdout(`${none}\n`);
  else io.stdout(asText(records.value));
  return records.value.some(isRefused) ? EXIT.refused : EXIT.allRead;
}
