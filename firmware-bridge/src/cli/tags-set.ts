import { err, type TagReading } from '@ewon-agent/contracts';
import { STATUS_MAX_BYTES, TAGS_MAX_BYTES } from '../adapters/ewon-http.ts';
import { INSTANT_VALUES_DESCRIPTOR, parseInstantValues } from '../core/instant-values.ts';
import { sameTagValue } from '../core/tag-value.ts';
import { updateRefusal, updateTagPath } from '../core/web-requests.ts';
import { askBlock, type Ewon } from './ewon.ts';
import { EXIT, type ExitStatus, type Form, type Io, json, lines, sayFault } from './io.ts';

/** `ewon-bridge tags set`: sets the value of a tag that is there, and reads it again. */
export async function setTag(
  io: Io,
  form: Form,
  { ewon, tag, value }: { readonly ewon: Ewon; readonly tag: string; readonly value: string },
): Promise<ExitStatus> {
  const path = updateTagPath(tag, value);
  if (!path.ok) return sayFault(io, form, path.fault);
  const before = await readTag(ewon, tag);
  if ('fault' in before) return sayFault(io, form, before.fault);
  if (sameTagValue(before.reading.value, value) === 'never')
    return sayFault(io, form, err('SETTING_BAD', 'the tag holds a number, which this value is not').fault);
  const { stepMs } = ewon;
  const asked = await ewon.web.ask({ path: path.value, maxBytes: STATUS_MAX_BYTES, timeoutMs: stepMs });
  if (!asked.ok) return sayFault(io, form, asked.fault);
  const refused = updateRefusal(Buffer.from(asked.value).toString('latin1'));
  if (refused !== undefined) return sayFault(io, form, err('EWON_DECLINED', refused).fault);
  const after = await readTag(ewon, tag);
  if ('fault' in after) return sayFault(io, form, after.fault);
  const [was, is] = [before.reading.value, after.reading.value];
  if (sameTagValue(is, value) !== 'same') return sayFault(io, form, err('EWON_NOT_TAKEN', `it is at ${is}`).fault);
  if (form === 'json') io.stdout(json({ tag, before: was, after: is, quality: after.reading.quality }));
  else
    io.stdout(
      lines([[tag, `${was} -> ${is}${after.reading.quality === 'good' ? '' : `  (${after.reading.quality})`}`]]),
    );
  return EXIT.allRead;
}

type Read = { readonly reading: TagReading } | Extract<ReturnType<typeof err>, { readonly ok: false }>;

async function readTag(ewon: Ewon, tag: string): Promise<Read> {
  const bytes = await askBlock(ewon, INSTANT_VALUES_DESCRIPTOR, TAGS_MAX_BYTES);
  if (!bytes.ok) return bytes;
  const values = parseInstantValues(Buffer.from(bytes.value).toString('latin1'));
  if (!values) return err('EWON_NOT_ONE', `no answer to ${INSTANT_VALUES_DESCRIPTOR}`);
  const reading = values.readings.find((candidate) => candidate.tag === tag);
  return reading ? { reading } : err('EWON_KEY_UNKNOWN', `no tag ${tag}`);
}
