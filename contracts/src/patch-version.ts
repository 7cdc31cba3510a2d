// Versions of what a patch replaces: `14.6s0` of an Ewon's firmware, `1.4.2` of the agent.

/** Three numbers, whatever stands between them. */
export type PatchVersion = readonly [number, number, number];

/** Reads a version as a repository writes it, and as a device prints it: what follows, as in `11.0s0b11 (11.0)`, is left out. */
export function parsePatchVersion(text: string): PatchVersion | undefined {
  const [, major, minor, last = '0'] = /^(\d{1,4})\.(\d{1,4})(?:[.s](\d{1,4}))?(?![.s]?\d)/i.exec(text.trim()) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor), Number(last)];
}

/** Is below zero where `a` is older than `b`, above where it is newer. */
export function comparePatchVersions(a: PatchVersion, b: PatchVersion): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Tells whether a version is one of those that `from` of a patch names: `14.x`, `15.0.x`, or one exactly. */
export function isNamedBy(pattern: string, version: PatchVersion): boolean {
  const [, major, minor] = /^(\d+)\.(?:(\d+)\.)?x$/.exec(pattern) ?? [];
  if (major !== undefined) return Number(major) === version[0] && (minor === undefined || Number(minor) === version[1]);
  const exact = parsePatchVersion(pattern);
  return exact !== undefined && comparePatchVersions(exact, version) === 0;
}

/** Why a patch may not replace the version that is present: it is for others, or a step before it is missing. */
export type NotFromHere = { readonly is: 'for others' } | { readonly is: 'a step missing'; readonly step: string };

/**
 * Judges what a patch says of the versions it replaces; undefined where it may. The one rule for the account that says who is left out, for the agent that
 * chooses, and for those who install and judge again. A step that is none of the grammar was not reached.
 */
export function whyNotFrom(
  present: PatchVersion,
  { from, requires }: { readonly from: readonly string[]; readonly requires: readonly string[] },
): NotFromHere | undefined {
  if (from.length > 0 && !from.some((pattern) => isNamedBy(pattern, present))) return { is: 'for others' };
  const step = requires.find((text) => {
    const least = parsePatchVersion(text);
    return least === undefined || comparePatchVersions(present, least) < 0;
  });
  return step === undefined ? undefined : { is: 'a step missing', step };
}
