import {
  comparePatchVersions,
  err,
  ok,
  type PatchCustom,
  type PatchKind,
  type PatchSeverity,
  type PatchVersion,
  parsePatchVersion,
  type Result,
} from '@ewon-agent/contracts';

/** What a person says of a patch; the rest is told by the name of its file. */
export type PatchWords = {
  readonly path: string;
  readonly kind: PatchKind;
  readonly severity: PatchSeverity;
  readonly version?: string;
  readonly product?: readonly string[];
  readonly from?: readonly string[];
  readonly requires?: readonly string[];
  readonly cve?: readonly string[];
  readonly reboot?: true;
};

/** What the name of a file says. */
export type NamedPatch = { readonly kind?: PatchKind; readonly version?: string; readonly product?: string };

/**
 * Reads the name of a file as the vendor (`er15_0s4p21_ma.edfs`, `er-15-0s2-arm-ma_secure.ebus`) and our package
 * (`ewon-agent_1.4.2_arm64.tar.gz`) have it. Source: ewon-facts §1.7.
 */
export function readPatchName(path: string): NamedPatch {
  const [, major, minor, service, product] = /^er-?(\d{1,2})[_-](\d{1,2})s(\d{1,2})(?:p(\d{2}))?[_-]/i.exec(path) ?? [];
  if (major !== undefined)
    return {
      kind: 'ewon-firmware',
      version: `${major}.${minor}s${service}`,
      ...(product !== undefined && { product }),
    };
  const [, version, architecture] = /^ewon-agent[_-](\d+\.\d+\.\d+)(?:[_-](amd64|arm64)\b)?/.exec(path) ?? [];
  if (version !== undefined)
    return { kind: 'agent', version, ...(architecture !== undefined && { product: architecture }) };
  return /\.(edf|edfs|ebu|ebus)$/i.test(path) ? { kind: 'ewon-firmware' } : {};
}

/** Without it no Flexy takes a newer firmware (ewon-facts §1.7). */
const PIVOT: PatchVersion = [15, 0, 2];
const PIVOT_TEXT = '15.0s2';
/** Firmware of the Flexy; that of the Cosy+ is numbered from 21 and knows no such step. */
const isFlexy = ([major]: PatchVersion): boolean => major < 20;

/** Puts together what is signed of a patch. Codes: ASPU_PATCH_BAD, with everything that is wrong. */
export function describePatch(words: PatchWords): Result<PatchCustom> {
  const named = readPatchName(words.path);
  const { kind, from = [], requires = [], cve = [], severity } = words;
  const version = words.version ?? named.version ?? '';
  const productCodes = words.product ?? (named.product !== undefined ? [named.product] : []);
  const faults = [
    ...contradictions(words, named),
    ...(version === '' ? ['--version is missing: the name of the file does not tell it'] : []),
  ];
  const number = parsePatchVersion(version);
  if (version !== '' && !number) faults.push(`--version ${version} is like 15.0s4 or 1.4.2`);
  if (number) faults.push(...wrongWay({ kind, number, version, from, requires }));
  if (faults.length > 0) return err('ASPU_PATCH_BAD', faults.join('; '));
  // a firmware counts after a restart of the Ewon only
  const rebootNeeded = words.reboot === true || kind === 'ewon-firmware';
  return ok({ kind, version, productCodes, from, requires, cves: cve, severity, rebootNeeded });
}

function contradictions({ kind, version, product, path }: PatchWords, named: NamedPatch): readonly string[] {
  return [
    ...(named.kind !== undefined && named.kind !== kind
      ? [`--kind ${kind}, but ${path} is named like ${named.kind}`]
      : []),
    ...(version !== undefined && named.version !== undefined && version !== named.version
      ? [`--version ${version}, but ${path} is named like ${named.version}`]
      : []),
    ...(product !== undefined && named.product !== undefined && (product.length !== 1 || product[0] !== named.product)
      ? [`--product ${product.join(',')}, but ${path} is named like ${named.product}`]
      : []),
  ];
}

function wrongWay(of: {
  readonly kind: PatchKind;
  readonly number: PatchVersion;
  readonly version: string;
  readonly from: readonly string[];
  readonly requires: readonly string[];
}): readonly string[] {
  const { kind, number, version, from, requires } = of;
  const isAtLeast = (text: string, than: PatchVersion) => {
    const read = parsePatchVersion(text);
    return read !== undefined && comparePatchVersions(read, than) >= 0;
  };
  const faults = [
    ...from.filter((text) => isAtLeast(text, number)).map((text) => `--from ${text} is not older than ${version}`),
    ...requires
      .filter((text) => isAtLeast(text, number))
      .map((text) => `--requires ${text} is not older than ${version}`),
  ];
  const isBeyond = kind === 'ewon-firmware' && isFlexy(number) && comparePatchVersions(number, PIVOT) > 0;
  const fromBefore = from.length === 0 || from.some((text) => Number(/^\d+/.exec(text)?.[0] ?? 0) < PIVOT[0]);
  if (isBeyond && fromBefore && !requires.some((text) => isAtLeast(text, PIVOT)))
    faults.push(
      `a Flexy goes from 14 to ${version} by ${PIVOT_TEXT} only: --requires ${PIVOT_TEXT}, or --from 15.x if older ones are not meant`,
    );
  return faults;
}
