import { err, ok, type Result } from '@ewon-agent/contracts';

// What is asked of the Ewon's web server, as paths. Source: ewon-facts §4.

/** Asks for an export block by its descriptor, such as `$dtES$ftT`. */
export function blockPath(descriptor: string): string {
  return `/rcgi.bin/ParamForm?AST_Param=${encodeURIComponent(descriptor)}`;
}

/** Sets the value of a tag. Codes: SETTING_BAD (characters that the Ewon has none for). */
export function updateTagPath(name: string, value: string): Result<string> {
  const [tag, asked] = [latin1Encoded(name), latin1Encoded(value)];
  if (tag === undefined || asked === undefined || name === '')
    return err('SETTING_BAD', 'a name or a value of a tag is text of Latin-1, without control characters');
  return ok(`/rcgi.bin/UpdateTagForm?TagName1=${tag}&TagValue1=${asked}`);
}

/**
 * Finds in the page that answers to {@link updateTagPath} why the tag was not set. The page of one that was says "Done".
 * Source: the client of HMS for the same pages, IgnitionEwonConnector, looks for both.
 */
export function updateRefusal(page: string): string | undefined {
  return /ERROR:[ ]?<\/span>([^<]{0,200})/.exec(page)?.[1]?.trim();
}

/** Restarts the Ewon; what was set is saved first. */
export const RESTART_PATH = '/rcgi.bin/wsdForm?AST_ErrorMsg=restart&com_Csave=1&resetAction=1&com_BootOp=0';

/** Percent-encodes text in one byte a character, as the Ewon writes its answers. */
function latin1Encoded(text: string): string | undefined {
  if (!/^[ -~\xa0-\xff]*$/.test(text)) return undefined;
  return text.replace(/[^A-Za-z0-9_.-]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
