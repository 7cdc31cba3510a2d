import { PORTAL } from './wan-judge.ts';

/**
 * Tells whether an answer to plain HTTP at the account's address is a captive portal's: a redirect to another host, a page where
 * a server of ours has none, or what RFC 6585 §6 made for it (511). No answer is none.
 * @param host the account's
 */
export function portalIn(page: string, host: string): string | undefined {
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(page)?.[1] ?? 0);
  if (status === 511) return PORTAL;
  const location = /^location:[ \t]*(\S{1,500})/im.exec(page)?.[1];
  if ([301, 302, 303, 307, 308].includes(status) && location !== undefined) {
    const to = hostOf(location);
    return to === undefined || to === host.toLowerCase() ? undefined : PORTAL;
  }
  const isPage = status === 200 && /^content-type:[ \t]*text\/html/im.test(page);
  return isPage ? PORTAL : undefined;
}

/** The host of an absolute address; a relative one stays with the host that was asked. */
function hostOf(location: string): string | undefined {
  return /^https?:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(location)?.[1]?.toLowerCase();
}
