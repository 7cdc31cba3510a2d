import type { LinkReading } from './wan-link.ts';

// What NetworkManager says where it runs, by `nmcli --terse`: it knows modems by their kind.

/** The question: each device with its kind and state. */
export const NM_DEVICES: readonly string[] = ['--terse', '--fields', 'DEVICE,TYPE,STATE', 'device'];

const KINDS = new Map([
  ['ethernet', 'ethernet'],
  ['wifi', 'wifi'],
  ['gsm', 'cellular'],
  ['wwan', 'cellular'],
] as const);

/** Reads the answer to {@link NM_DEVICES}; what is no way out is left out. */
export function networkManagerReadings(text: string): readonly LinkReading[] {
  return text.split('\n').flatMap((line) => {
    // a colon within a field is escaped
    const [name, type, state] = line.split(/(?<!\\):/).map((field) => field.replaceAll(/\\(.)/g, '$1'));
    const kind = [...KINDS].find(([word]) => word === type)?.[1];
    if (!name || !kind) return [];
    const isManaged = state !== undefined && !/^unmanaged/.test(state);
    const reading: LinkReading = { source: 'networkmanager', name, kind };
    return [isManaged ? { ...reading, up: /^connected/.test(state) } : reading];
  });
}
