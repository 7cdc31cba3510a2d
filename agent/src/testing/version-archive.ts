import { createHash } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import type { TargetSample } from './switch-repository.ts';

/** What a header says, where a test wants it to say something else than "make package" does. */
export type Entry = {
  readonly name: string;
  readonly bytes?: string | Uint8Array;
  readonly mode?: string;
  readonly uid?: string;
  readonly type?: string;
  readonly link?: string;
  readonly magic?: string;
  readonly size?: string;
  readonly prefix?: string;
  readonly device?: string;
  readonly checksum?: string;
  readonly owner?: string;
};

/** Writes ustar byte by byte. */
export function ustar(entries: readonly Entry[], endBlocks = 2): Buffer {
  return Buffer.concat([...entries.map(entryBytes), Buffer.alloc(512 * endBlocks)]);
}

function entryBytes({ name, bytes = '', ...more }: Entry): Buffer {
  const content = Buffer.from(bytes);
  const header = Buffer.alloc(512);
  const put = (at: number, text: string) => header.write(text, at, 'latin1');
  put(0, name);
  put(100, more.mode ?? '0000644\0');
  put(108, more.uid ?? '0000000\0');
  put(116, '0000000\0');
  put(124, more.size ?? `${content.length.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(156, more.type ?? '0');
  put(157, more.link ?? '');
  put(257, more.magic ?? 'ustar\x0000');
  put(265, more.owner ?? '');
  put(329, more.device ?? '0000000\0');
  put(337, '0000000\0');
  put(345, more.prefix ?? '');
  put(148, '        ');
  const sum = header.reduce((a, b) => a + b, 0);
  put(148, more.checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

export type VersionSample = {
  readonly version: string;
  readonly arch?: string;
  readonly node?: string;
  /** What is started; a script that says its version unless told. */
  readonly main?: string;
  readonly more?: readonly Entry[];
  readonly custom?: Record<string, unknown>;
};

/** A patch as the repository holds it. */
export function versionTarget(sample: VersionSample): TargetSample {
  const { version, arch = 'amd64', node = '24.0.0', more = [] } = sample;
  const entries = [
    { name: 'about.json', bytes: JSON.stringify({ version, arch, node }) },
    { name: 'main.mjs', bytes: sample.main ?? mainOf(version) },
    ...more,
  ];
  return targetOf(zstdCompressSync(ustar(entries), { params: { [constants.ZSTD_c_compressionLevel]: 3 } }), {
    ...{ kind: 'agent', version, productCodes: [arch], from: [], requires: [], cves: [] },
    ...{ severity: 'high', rebootNeeded: false },
    ...sample.custom,
  });
}

/** Any bytes as a target. */
export function targetOf(bytes: Buffer, custom: Record<string, unknown>): TargetSample {
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), custom };
}

/** A version that says which it is, with a part that is imported on demand. */
export function mainOf(version: string): string {
  return `process.stdout.write('${version} ' + process.argv.slice(2).join(' ') + '\\n');\n`;
}
