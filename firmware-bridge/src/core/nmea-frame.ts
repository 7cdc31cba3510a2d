import type { LineFault } from './text-file.ts';

// The frame of an NMEA 0183 sentence: `$GNRMC,…*5A`, two characters of who talks, three of what it is, fields between commas, and a checksum that is the
// exclusive or of what stands between `$` and `*`.

/** A sentence whose frame is sound. `fields` are those after the type. */
export type NmeaFrame = {
  /** `GP`, `GL`, `GN` …; `P` for a sentence of a manufacturer, whose `type` is all that follows. */
  readonly talker: string;
  readonly type: string;
  readonly fields: readonly string[];
  /** Only RMC must have one; without it nothing tells a cut sentence from a whole one. */
  readonly checksum: 'right' | 'missing';
};

/**
 * Reads the frame of a line. What stands before its last `$` is noise, or a sentence that was cut by the next.
 * Codes: NMEA_SENTENCE_BAD, NMEA_CHECKSUM_BAD.
 */
export function readFrame(line: string): NmeaFrame | LineFault {
  const start = line.lastIndexOf('$');
  if (start === -1) return bad('no $');
  const sentence = line.slice(start + 1).trimEnd();
  if (sentence.length > SENTENCE_MAX_CHARACTERS) return bad(`${sentence.length} characters`);
  if (!/^[ -~]*$/.test(sentence)) return bad('characters that are not printable ASCII');
  const star = sentence.indexOf('*');
  const body = star === -1 ? sentence : sentence.slice(0, star);
  if (star !== -1) {
    const written = sentence.slice(star + 1);
    if (!/^[0-9A-Fa-f]{2}$/.test(written)) return bad('no two digits after the *');
    const right = checksumOf(body);
    if (written.toUpperCase() !== right) return { code: 'NMEA_CHECKSUM_BAD', reason: `${written} for ${right}` };
  }
  const [address = '', ...fields] = body.split(',');
  const [, talker, type] = /^(P(?=[A-Z])|[A-Z][A-Z0-9])([A-Z0-9]{2,16})$/.exec(address) ?? [];
  if (!talker || !type || (talker !== 'P' && type.length !== 3)) return bad('no talker and type after the $');
  return { talker, type, fields, checksum: star === -1 ? 'missing' : 'right' };
}

/** Computes a checksum as two capital hex digits, of what stands between `$` and `*`. */
export function checksumOf(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum ^= body.charCodeAt(i) & 0xff;
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

/** NMEA 0183 allows 82; receivers with many digits or fields write more. */
const SENTENCE_MAX_CHARACTERS = 160;

function bad(reason: string): LineFault {
  return { code: 'NMEA_SENTENCE_BAD', reason };
}
