import { fnv1a } from './fnv1a.ts';
import { latin1Bytes, latin1Text } from './latin1.ts';
import { compareVersions, readVersion } from './version.ts';

// Passwords as comcfg.txt and config.txt show them: `#_1_…`, from 13.3 on `#_5_…`, and from 14.9s3 on `#_6_…`, which only
// the Ewon that wrote it can read (support.hms-networks.com 21872277780882, CVE-2024-33895). An empty one is `#_1_//8=`.
// The ciphers are HMS's own; these here only look like it.

/** Shows a password as a file shows it. */
export function encrypted(plain: string, serial: string, firmware: string): string {
  const kind = kindOf(firmware);
  return `#_${kind}_${btoa(latin1Text(mixed(latin1Bytes(`${plain}\0\0`), keyOf(kind, serial))))}`;
}

/** What somebody wrote as a password: plain, or as a file shows it. @returns undefined when another Ewon encrypted it, or nobody did */
export function decrypted(written: string, serial: string): string | undefined {
  const [, kind, cipher = ''] = /^#_(\d)_(.*)$/.exec(written) ?? [];
  if (kind === undefined) return written;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(cipher) || cipher.length % 4 !== 0) return undefined;
  const plain = latin1Text(mixed(latin1Bytes(atob(cipher)), keyOf(Number(kind), serial)));
  return plain.endsWith('\0\0') ? plain.slice(0, -2) : undefined;
}

function kindOf(firmware: string): 1 | 5 | 6 {
  const version = readVersion(firmware) ?? { major: 0, minor: 0, service: 0 };
  if (compareVersions(version, { major: 14, minor: 9, service: 3 }) >= 0) return 6;
  return compareVersions(version, { major: 13, minor: 3, service: 0 }) >= 0 ? 5 : 1;
}

/** With 255 for every byte an empty password is the two bytes that `//8=` stands for. */
function keyOf(kind: number, serial: string): Uint8Array {
  if (kind !== 6) return Uint8Array.of(255);
  let sum = fnv1a(latin1Bytes(serial));
  return Uint8Array.from({ length: 16 }, (_, i) => {
    sum = fnv1a(Uint8Array.of(i), sum);
    return sum >>> 24;
  });
}

function mixed(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => byte ^ (key[i % key.length] ?? 0));
}
