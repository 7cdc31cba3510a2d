import type { OutboxEntry } from '@ewon-agent/contracts';

/**
 * Composes the JSON that goes over the wire: the head of an envelope before the body, which is not parsed again.
 * @param entry its body is a JSON object without `v`, `epoch`, `seq` and `historical`, as the port demands
 */
export function payloadOf(
  entry: Pick<OutboxEntry, 'epoch' | 'seq' | 'body'>,
  { historical }: { readonly historical: boolean },
): string {
  const head = `{"v":1,"epoch":${JSON.stringify(entry.epoch)},"seq":${entry.seq}${historical ? ',"historical":true' : ''}`;
  const rest = entry.body.slice(entry.body.indexOf('{') + 1);
  return /^\s*\}/.test(rest) ? head + rest : `${head},${rest}`;
}
