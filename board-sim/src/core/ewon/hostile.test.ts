import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { type EwonState, ewonFromFactory } from './ewon-state.ts';
import { exportBlock } from './export-block.ts';
import { readDescriptor } from './export-descriptor.ts';
import { namesIn, readFile } from './files.ts';
import { FTP_BEGIN, ftpStep } from './ftp-session.ts';
import { answerHttp } from './http-answer.ts';
import { putFile } from './put-file.ts';

// What a client sends may be anything. The Ewon answers, whatever it is, and stays one.

const device = { serial: '1524-0071-21', model: 'Flexy 203', firmware: '14.6s0' };
const made = ewonFromFactory({ atMs: 0, device });
const PATHS = [
  '/comcfg.txt',
  '/config.txt',
  '/backup.tar',
  '/ewonfwr.edf',
  '/dewonfwr.edf',
  '/program.bas',
  '/remote.bas',
];
const path = fc.oneof(
  fc.constantFrom(...PATHS),
  fc.string().map((name) => `/usr/${name}`),
  fc.string(),
);
/** Bytes of no kind, and those of a real file with some changed or cut off. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc
    .record({ of: fc.constantFrom(...PATHS.slice(0, 3)), at: fc.nat(6000), cut: fc.nat(8000), byte: fc.nat(255) })
    .map(({ of, at, cut, byte }) =>
      (readFile(made, of, 0) ?? new Uint8Array()).map((b, i) => (i === at ? byte : b)).subarray(0, cut),
    ),
);
const word = fc.constantFrom('USER', 'PASS', 'RETR', 'STOR', 'CWD', 'PASV', 'RNFR', 'RNTO', 'LIST', 'QUIT', 'TYPE', '');
const line = fc.oneof(
  fc.string(),
  fc.tuple(word, fc.string()).map(([verb, rest]) => `${verb} ${rest}`),
);
const descriptor = fc.oneof(
  fc.string(),
  fc
    .array(fc.tuple(fc.constantFrom('$dt', '$ft', '$st', '$et', '$tn', '$'), fc.string({ maxLength: 8 })))
    .map((parts) => parts.flat().join('')),
);

function readable(state: EwonState): void {
  for (const name of namesIn(state, '/') ?? []) {
    if (!name.endsWith('/')) assert.ok(readFile(state, `/${name}`, 0), name);
  }
}

suite('simulated Ewon and what is sent to it', (test) => {
  test('whatever file is put, all files can be read afterwards', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(path, bytes), { maxLength: 4 }), (files) => {
        readable(files.reduce<EwonState>((state, [name, content]) => putFile(state, name, content, 0).state, made));
      }),
      { numRuns: 300 },
    );
  });

  test('whatever lines come over FTP, each is answered by a reply or an order', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        let session = FTP_BEGIN;
        for (const said of lines) {
          const step = ftpStep(session, said, (_user, password) => password.length > 3);
          session = step.session;
          assert.ok(step.reply !== undefined || step.order !== undefined);
          if (step.reply !== undefined) assert.match(step.reply, /^\d{3}[ -]/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('whatever is asked for, there is an answer or a reason', () => {
    fc.assert(
      fc.property(descriptor, fc.integer(), (text, atMs) => {
        const read = readDescriptor(text);
        const block = read && exportBlock(made, read, atMs);
        assert.ok(!block || 'text' in block || block.missing.length > 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('whatever a form holds, the status is one of HTTP', () => {
    const form = fc.array(
      fc.tuple(fc.constantFrom('AST_Param', 'TagName1', 'TagValue1', 'TagName', 'resetAction', 'x'), fc.string()),
    );
    const page = fc.constantFrom('/rcgi.bin/ParamForm', '/rcgi.bin/UpdateTagForm', '/rcgi.bin/wsdForm', '/');
    fc.assert(
      fc.property(page, form, (at, fields) => {
        assert.ok(
          [200, 404].includes(answerHttp(made, at, new URLSearchParams(fields.map((field) => [...field])), 0).status),
        );
      }),
      { numRuns: 500 },
    );
  });
});
