import { Readable } from 'node:stream';
import { CODES, err, ok } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { BlockNode, DriveVerdict } from '../core/drive-verdict.ts';
import type { Form } from './answer.ts';
import { sayDrives } from './list.ts';

const disk = (name: string, sizeBytes: number, description = ''): BlockNode => ({
  ...{ name, number: '8:0', holders: [], sizeBytes, readOnly: false, attached: 'removable', description },
});
const STICK: DriveVerdict = { disk: disk('sdb', 31_914_983_424, 'Generic \x1b[2JStorage'), verdict: ok(undefined) };
const SYSTEM: DriveVerdict = { disk: disk('sda', 256e9), verdict: err('DRIVE_SYSTEM', 'it carries /') };
const READER: DriveVerdict = { disk: disk('cciss!c0d1', 0), verdict: err('DRIVE_NO_MEDIUM', 'c0d1') };

function said(form: Form, verdicts: readonly DriveVerdict[], names?: ReadonlyMap<string, string>) {
  const heard = { stdout: [] as string[], stderr: [] as string[] };
  const io = {
    stdin: Readable.from([]),
    terminal: 'no' as const,
    stdout: (text: string) => void heard.stdout.push(text),
    stderr: (text: string) => void heard.stderr.push(text),
  };
  const status = sayDrives(io, form, verdicts, names);
  return { status, stdout: heard.stdout.join(''), stderr: heard.stderr.join('') };
}

suite('sdcard list', (test) => {
  test('each drive has a line, with the reason where it is refused; nothing of it plays with the terminal', () => {
    const { status, stdout, stderr } = said('text', [SYSTEM, STICK, READER]);
    const lines = stdout.split('\n');
    assert.deepEqual([status, stderr, lines.length], [0, '', 4]);
    assert.match(lines[0] ?? '', /^\/dev\/sda {9}256\.0 GB {2}- +DRIVE_SYSTEM: .*\(it carries \/\)\.$/);
    assert.match(lines[1] ?? '', /^\/dev\/sdb {9}31\.9 GB {3}Generic \\x1b\[2JStorage {2}DRIVE_USABLE: /);
    assert.match(lines[2] ?? '', /^\/dev\/cciss\/c0d1 {2}- .* DRIVE_NO_MEDIUM: /);
    assert.match(stdout, /^[\n -~]*$/);
  });

  test('no drive can take a card: the refused ones, the sentence, and exit status 3', () => {
    const { status, stdout, stderr } = said('text', [SYSTEM]);
    assert.equal(status, 3);
    assert.match(stdout, /\/dev\/sda/);
    assert.match(stderr, /^DRIVE_NONE: No drive that can take a card is plugged in\. /);
    assert.deepEqual([said('text', []).stdout, said('text', []).status], ['', 3]);
  });

  test('--json says the same, and who named the drives', () => {
    const named = said('json', [STICK, SYSTEM], new Map([['/dev/sdb', 'EWON-CARD Generic']]));
    assert.deepEqual(JSON.parse(named.stdout), {
      outcome: 'DRIVE_USABLE',
      drives: [
        { path: '/dev/sdb', sizeBytes: 31_914_983_424, description: 'EWON-CARD Generic', outcome: 'DRIVE_USABLE' },
        {
          ...{ path: '/dev/sda', sizeBytes: 256e9, description: '', outcome: 'DRIVE_SYSTEM' },
          ...{ detail: 'it carries /', next: CODES.DRIVE_SYSTEM.next },
        },
      ],
      namedBy: 'drivelist',
    });
    const none = said('json', []);
    assert.deepEqual(JSON.parse(none.stdout), {
      ...{ outcome: 'DRIVE_NONE', drives: [], namedBy: 'sysfs', next: CODES.DRIVE_NONE.next },
    });
    assert.deepEqual([named.status, none.status], [0, 3]);
  });
});
