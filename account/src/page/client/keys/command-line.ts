/** What a person chose for a card. */
export type CardWish = {
  readonly grkId: string;
  readonly note: string;
  readonly receipt: boolean;
  readonly wipe: boolean;
};

/** Where the admin API is on the machine of the server when the page does not know: "account serve" prints it. */
const UNKNOWN_ORIGIN = 'http://127.0.0.1:PORT';

/**
 * The line that writes a card straight to a drive, for a POSIX shell. The token is read from a file: arguments are seen by others.
 * @param origin of the page. One of another machine without TLS is left open: `sdcard` sends a token over no network in the clear.
 */
export function exportCommand(origin: string, { grkId, note, receipt, wipe }: CardWish): string {
  return [
    ...['sdcard', 'export', '--account', isTaken(origin) ? origin : UNKNOWN_ORIGIN, '--token-file', 'token.txt'],
    ...['--key-id', grkId],
    ...(note === '' ? [] : ['--note', quoted(note)]),
    ...(receipt ? ['--receipt'] : []),
    ...(wipe ? ['--wipe'] : []),
    '/dev/sdX',
  ].join(' ');
}

/** Tells whether an origin is what `sdcard export --account` takes: any machine over TLS, this one without. */
export function isTaken(origin: string): boolean {
  return origin.startsWith('https://') || /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(origin);
}

/** A word of a POSIX shell, whatever stands in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
