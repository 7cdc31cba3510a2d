/** A firmware version of an Ewon: `15.0s4` is major 15, minor 0, service 4. */
export type Version = { readonly major: number; readonly minor: number; readonly service: number };

/** Reads a version; what stands behind the service number (`b11`) is left out. @returns undefined when it is none */
export function readVersion(text: string): Version | undefined {
  const [, major, minor, service = '0'] = /^(\d{1,3})\.(\d{1,3})(?:s(\d{1,4}))?/.exec(text) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor), service: Number(service) };
}

/** Below zero when `a` is older than `b`, zero when they are the same. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.service - b.service;
}
