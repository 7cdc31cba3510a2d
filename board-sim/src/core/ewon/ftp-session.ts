// One FTP session (RFC 959, RFC 2428 for EPSV, RFC 3659 for SIZE) as an Ewon's owner uses it: passive, a root with files, a
// folder /usr. What is to be done with sockets and files is said as an order.

export type FtpSession = {
  /** `in` after the right password. */
  readonly at: 'greeted' | 'named' | 'in';
  readonly user: string;
  readonly folder: string;
  readonly renames?: string;
};

/** What the server has to do after the replies; it sends the closing reply itself. */
export type FtpOrder =
  | { readonly do: 'listen'; readonly how: 'PASV' | 'EPSV' }
  | { readonly do: 'list'; readonly path: string; readonly how: 'LIST' | 'NLST' }
  | { readonly do: 'size' | 'send' | 'receive' | 'delete'; readonly path: string }
  | { readonly do: 'rename'; readonly from: string; readonly to: string }
  | { readonly do: 'open'; readonly path: string }
  | { readonly do: 'hangUp' };

export type FtpStep = { readonly session: FtpSession; readonly reply?: string; readonly order?: FtpOrder };

/** A session that begins; what it answers to first is {@link FTP_GREETING}. */
export const FTP_BEGIN: FtpSession = { at: 'greeted', user: '', folder: '/' };
export const FTP_GREETING = '220 eWON FTP server ready.';

/** Answers one line. Total: what it does not know is refused with a reply. */
export function ftpStep(
  session: FtpSession,
  line: string,
  allows: (user: string, password: string) => boolean,
): FtpStep {
  const [, word = '', argument = ''] = /^([A-Za-z]+) ?(.*)$/.exec(line) ?? [];
  const verb = word.toUpperCase();
  const { renames: _, ...rest } = session;
  const says = (reply: string, next: Partial<FtpSession> = {}): FtpStep => ({ session: { ...rest, ...next }, reply });
  const orders = (order: FtpOrder): FtpStep => ({ session: rest, order });
  if (verb === 'USER') return says('331 Password required.', { at: 'named', user: argument });
  if (verb === 'QUIT') return { ...says('221 Bye.'), order: { do: 'hangUp' } };
  if (verb === 'PASS') {
    if (session.at !== 'named') return says('503 Login with USER first.');
    if (allows(session.user, argument)) return says('230 User logged in.', { at: 'in' });
    return says('530 Login incorrect.', { at: 'greeted' });
  }
  if (session.at !== 'in' && verb !== 'SYST' && verb !== 'FEAT') return says('530 Please login with USER and PASS.');
  const path = pathOf(session.folder, argument);
  switch (verb) {
    case 'SYST':
      return says('215 UNIX Type: L8');
    case 'FEAT':
      return says('211-Features:\r\n EPSV\r\n SIZE\r\n211 End');
    case 'NOOP':
      return says('200 OK.');
    case 'TYPE':
      return /^[AI]\b/i.test(argument) ? says('200 Type set.') : says('504 Only types A and I.');
    case 'MODE':
      return /^S$/i.test(argument) ? says('200 OK.') : says('504 Only mode S.');
    case 'STRU':
      return /^F$/i.test(argument) ? says('200 OK.') : says('504 Only structure F.');
    case 'PWD':
    case 'XPWD':
      return says(`257 "${session.folder}" is the current directory.`);
    case 'CDUP':
      return orders({ do: 'open', path: pathOf(session.folder, '..') });
    case 'CWD':
      return orders({ do: 'open', path });
    case 'PASV':
    case 'EPSV':
      return orders({ do: 'listen', how: verb });
    case 'LIST':
    case 'NLST':
      return orders({ do: 'list', path: pathOf(session.folder, argument.replace(/^-\w+ ?/, '')), how: verb });
    case 'SIZE':
      return orders({ do: 'size', path });
    case 'RETR':
      return orders({ do: 'send', path });
    case 'STOR':
      return orders({ do: 'receive', path });
    case 'DELE':
      return orders({ do: 'delete', path });
    case 'RNFR':
      return says('350 Ready for RNTO.', { renames: path });
    case 'RNTO':
      if (session.renames === undefined) return says('503 RNFR first.');
      return orders({ do: 'rename', from: session.renames, to: path });
    default:
      return says('502 Command not implemented.');
  }
}

/** A whole path without dots; `..` above the root stays there. */
export function pathOf(folder: string, name: string): string {
  const parts: string[] = [];
  for (const part of (name.startsWith('/') ? name : `${folder}/${name}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
