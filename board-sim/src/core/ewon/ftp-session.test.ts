import { assert, suite } from '@ewon-agent/contracts/testing';
import { FTP_BEGIN, type FtpSession, ftpStep, pathOf } from './ftp-session.ts';

const allows = (user: string, password: string) => user === 'adm' && password === 'secret';
const IN: FtpSession = { at: 'in', user: 'adm', folder: '/' };

/** The codes of the replies to lines that come one after another; an order stands as its name. */
function codes(from: FtpSession, ...lines: readonly string[]): readonly string[] {
  let session = from;
  return lines.map((line) => {
    const step = ftpStep(session, line, allows);
    session = step.session;
    return [step.reply?.slice(0, 3), step.order?.do].filter((part) => part !== undefined).join(' ');
  });
}

suite('FTP session with the simulated Ewon', (test) => {
  test('user, then password', () => {
    assert.deepEqual(codes(FTP_BEGIN, 'PASS secret', 'USER adm', 'PASS guess', 'USER adm', 'PASS secret', 'PWD'), [
      '503',
      '331',
      '530',
      '331',
      '230',
      '257',
    ]);
  });

  test('nothing but a greeting and a system type before that', () => {
    const lines = ['LIST', 'RETR a', 'STOR a', 'PASV', 'EPSV', 'CWD /', 'DELE a', 'RNFR a', 'PWD', 'NOOP', 'what?'];
    for (const line of lines) assert.deepEqual(codes(FTP_BEGIN, line), ['530'], line);
    assert.deepEqual(codes(FTP_BEGIN, 'SYST', 'FEAT'), ['215', '211']);
  });

  test('what it knows, in any case of letters', () => {
    assert.deepEqual(
      codes(IN, 'type i', 'TYPE A N', 'TYPE E', 'MODE S', 'MODE B', 'STRU F', 'STRU R', 'PORT 1', 'QUIT'),
      ['200', '200', '504', '200', '504', '200', '504', '502', '221 hangUp'],
    );
    assert.deepEqual(codes(IN, 'PASV', 'LIST -la /usr', 'retr a', 'STOR a', 'SIZE a', 'CDUP'), [
      'listen',
      'list',
      'send',
      'receive',
      'size',
      'open',
    ]);
  });

  test('a rename needs both names, one right after the other', () => {
    assert.deepEqual(codes(IN, 'RNTO b', 'RNFR a', 'RNTO b', 'RNFR a', 'NOOP', 'RNTO b'), [
      '503',
      '350',
      'rename',
      '350',
      '200',
      '503',
    ]);
  });

  test('no path leads above the root', () => {
    const table = [
      ['/', 'a', '/a'],
      ['/usr', 'a', '/usr/a'],
      ['/usr', '/a', '/a'],
      ['/usr', '../a', '/a'],
      ['/', '../../a', '/a'],
      ['/usr', './b//c/', '/usr/b/c'],
      ['/usr', '', '/usr'],
    ] as const;
    for (const [folder, name, path] of table) assert.equal(pathOf(folder, name), path, `${folder} ${name}`);
  });
});
