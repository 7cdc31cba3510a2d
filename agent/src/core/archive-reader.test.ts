import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { type Entry, ustar } from '../testing/version-archive.ts';
import { ARCHIVE_LIMITS, createArchiveReader } from './archive-reader.ts';

type Read = { readonly files: ReadonlyMap<string, string>; readonly code?: string };

/** Reads an archive in pieces; a file that was not closed is none. */
function readAll(bytes: Uint8Array, pieceBytes = bytes.length): Read {
  const reader = createArchiveReader();
  const files = new Map<string, string>();
  let open: { name: string; text: string } | undefined;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const parts = reader.feed(bytes.subarray(at, at + pieceBytes));
    if (!parts.ok) return { files, code: parts.fault.code };
    for (const part of parts.value) {
      if (part.do === 'open') open = { name: part.name, text: '' };
      if (part.do === 'write' && open) open.text += Buffer.from(part.bytes).toString('latin1');
      if (part.do === 'close' && open) files.set(open.name, open.text);
    }
  }
  const end = reader.end();
  return end.ok ? { files } : { files, code: end.fault.code };
}

const GOOD: readonly Entry[] = [
  { name: 'about.json', bytes: '{}' },
  { name: 'main.mjs', bytes: 'x'.repeat(1500) },
  { name: 'empty', bytes: '' },
  { name: `${'n'.repeat(96)}.mjs`, bytes: 'y'.repeat(512) },
];

suite('archive of a version', { timeoutMs: 60_000 }, (test) => {
  test('files come out as they went in, however it is cut', () => {
    const whole = readAll(ustar(GOOD));
    assert.deepEqual(
      [...whole.files],
      GOOD.map(({ name, bytes }) => [name, bytes]),
    );
    for (const pieceBytes of [1, 3, 511, 512, 513]) assert.deepEqual(readAll(ustar(GOOD), pieceBytes), whole);
  });

  const file = { name: 'x.mjs', bytes: 'x' };
  const hostile: readonly (readonly [why: string, entries: readonly Entry[]])[] = [
    ['above', [{ name: '../x' }]],
    ['above, at the end', [{ name: '..' }]],
    ['itself', [{ name: '.' }]],
    ['absolute', [{ name: '/etc/passwd' }]],
    ['in a directory', [{ name: 'a/b' }]],
    ['in a directory, by its prefix', [{ name: 'b', prefix: '../../etc' }]],
    ['of Windows', [{ name: 'a\\b' }]],
    ['a drive', [{ name: 'c:x' }]],
    ['hidden', [{ name: '.bashrc' }]],
    ['empty', [{ name: '' }]],
    ['a dot at the end', [{ name: 'x.' }]],
    ['a space at the end', [{ name: 'x ' }]],
    ['a line in it', [{ name: 'a\nb' }]],
    ['an option', [{ name: '-rf' }]],
    ['an umlaut', [{ name: 'ä' }]],
    ['something behind its end', [{ name: 'x.mjs\0../../y' }]],
    ['twice', [file, file]],
    ['twice but for case', [file, { name: 'X.MJS' }]],
    ['a hard link', [{ name: 'x', type: '1', link: '/etc/shadow' }]],
    ['a symbolic link', [{ name: 'x', type: '2', link: '/etc/shadow' }]],
    ['a character device', [{ name: 'x', type: '3' }]],
    ['a block device', [{ name: 'x', type: '4' }]],
    ['a directory', [{ name: 'x', type: '5' }]],
    ['a FIFO', [{ name: 'x', type: '6' }]],
    ['contiguous', [{ name: 'x', type: '7' }]],
    ['of the old format', [{ name: 'x', type: '\0' }]],
    ['a header of pax', [{ name: 'x', type: 'x', bytes: '18 path=../../etc\n' }, file]],
    ['a header of pax for all', [{ name: 'x', type: 'g', bytes: '18 path=../../etc\n' }, file]],
    ['a long name of GNU', [{ name: 'x', type: 'L', bytes: '../../etc/passwd\0' }, file]],
    ['a long link of GNU', [{ name: 'x', type: 'K', bytes: '/etc/passwd\0' }, file]],
    ['sparse', [{ name: 'x', type: 'S' }]],
    ['a volume', [{ name: 'x', type: 'V' }]],
    ['a plain file that names a link', [{ name: 'x', link: 'y' }]],
    ['setuid', [{ ...file, mode: '0004755\0' }]],
    ['writable by all', [{ ...file, mode: '0000666\0' }]],
    ['a program', [{ ...file, mode: '0000755\0' }]],
    ['a mode in another spelling', [{ ...file, mode: '   644 \0' }]],
    ['owned by somebody', [{ ...file, uid: '0001000\0' }]],
    ['owned by a name', [{ ...file, owner: 'daemon' }]],
    ['with numbers of a device', [{ ...file, device: '0000001\0' }]],
    ['a size below zero', [{ ...file, size: '-0000000001\0' }]],
    ['a size in binary', [{ ...file, size: '\x80\0\0\0\0\0\0\0\0\0\0\x01' }]],
    ['a size without an end', [{ ...file, size: '000000000010' }]],
    ['too large', [{ ...file, size: '77777777777\0' }]],
    ['of GNU', [{ ...file, magic: 'ustar  \0' }]],
    ['of no format', [{ ...file, magic: '\0' }]],
    ['a checksum that is wrong', [{ ...file, checksum: '000000\0 ' }]],
    ['too many', Array.from({ length: ARCHIVE_LIMITS.files + 1 }, (_, i) => ({ name: `f${i}` }))],
  ];
  for (const [why, entries] of hostile)
    test(`${why}: refused`, () => {
      assert.equal(readAll(ustar(entries)).code, 'PATCH_ARCHIVE_BAD');
      assert.equal(readAll(ustar([...GOOD, ...entries]), 100).code, 'PATCH_ARCHIVE_BAD');
    });

  test('cut short anywhere, without an end, with more behind it, or with something between: refused', () => {
    const whole = ustar(GOOD);
    for (let bytes = 0; bytes < whole.length; bytes += 128)
      assert.equal(readAll(whole.subarray(0, bytes), 700).code, 'PATCH_ARCHIVE_BAD', String(bytes));
    assert.equal(readAll(ustar(GOOD, 1)).code, 'PATCH_ARCHIVE_BAD');
    assert.equal(readAll(Buffer.concat([whole, ustar([file])])).code, 'PATCH_ARCHIVE_BAD');
    assert.equal(readAll(ustar(GOOD, 1000)).code, 'PATCH_ARCHIVE_BAD');
    const hidden = ustar([file]);
    hidden[1000] = 1; // behind the one byte of the file
    assert.equal(readAll(hidden).code, 'PATCH_ARCHIVE_BAD');
  });

  test('more bytes than a version can have: refused by what the headers say, before they come', () => {
    const reader = createArchiveReader();
    const size = `${ARCHIVE_LIMITS.fileBytes.toString(8).padStart(11, '0')}\0`;
    const zeros = new Uint8Array(1024 * 1024);
    const codes = new Set<string>();
    let fed = 0;
    for (const name of ['a', 'b', 'c']) {
      const opened = reader.feed(ustar([{ name, size }], 0));
      codes.add(opened.ok ? 'ok' : opened.fault.detail);
      for (let at = 0; at < ARCHIVE_LIMITS.fileBytes && opened.ok; at += zeros.length) {
        reader.feed(zeros);
        fed += zeros.length;
      }
    }
    assert.deepEqual([...codes], ['ok', `more than ${ARCHIVE_LIMITS.allBytes} bytes`]);
    assert.equal(fed, ARCHIVE_LIMITS.allBytes);
  });

  test('after a refusal nothing is read any more', () => {
    const reader = createArchiveReader();
    assert.equal(reader.feed(Buffer.alloc(512, 1)).ok, false);
    assert.equal(reader.feed(ustar(GOOD)).ok, false);
    assert.equal(reader.end().ok, false);
  });

  test('any byte changed, any bytes at all: never a name that leads anywhere, never an exception', () => {
    const whole = ustar(GOOD.slice(0, 2));
    const at = fc.integer({ min: 0, max: whole.length - 1 });
    const changes = fc.array(fc.tuple(at, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 });
    const mends = fc.boolean();
    const check = (bytes: Uint8Array, pieceBytes: number) => {
      const read = readAll(bytes, pieceBytes);
      for (const name of read.files.keys()) assert.match(name, /^[A-Za-z0-9][A-Za-z0-9._-]*$/);
      assert.equal(new Set([...read.files.keys()].map((name) => name.toLowerCase())).size, read.files.size);
      const again = readAll(bytes, 77);
      assert.equal(again.code, read.code);
      if (read.code === undefined) assert.deepEqual(again, read);
    };
    fc.assert(
      fc.property(changes, mends, fc.integer({ min: 1, max: 3000 }), (bytesAt, mended, pieceBytes) => {
        const bytes = Buffer.from(whole);
        for (const [where, byte] of bytesAt) bytes[where] = byte;
        // with a checksum that is right, so that what is behind it is reached
        if (mended) mendChecksum(bytes);
        check(bytes, pieceBytes);
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => check(bytes, 512)),
      { numRuns: 500 },
    );
  });

  test('what is taken, GNU tar takes for the same files; what GNU tar writes as "make package" does is taken', () => {
    const dir = mkdtempSync(join(tmpdir(), 'archive-'));
    try {
      writeFileSync(join(dir, 'x.tar'), ustar(GOOD));
      execFileSync('tar', ['-xf', 'x.tar'], { cwd: dir });
      rmSync(join(dir, 'x.tar'));
      const names = readdirSync(dir).sort();
      const { files } = readAll(ustar(GOOD));
      assert.deepEqual(names, [...files.keys()].sort());
      for (const name of names) assert.equal(readFileSync(join(dir, name), 'latin1'), files.get(name));
      const owner = ['--numeric-owner', '--owner=0', '--group=0', '--mode=u=rw,go=r', '--mtime=@1780000000'];
      const written = execFileSync('tar', ['--format=ustar', ...owner, '-cf', '-', ...names], { cwd: dir });
      const read = readAll(written, 1000);
      assert.deepEqual([read.code, [...read.files].sort()], [undefined, [...files].sort()]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

function mendChecksum(header: Buffer): void {
  const sum = header.subarray(0, 512).reduce((a, byte, at) => a + (at >= 148 && at < 156 ? 32 : byte), 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}
