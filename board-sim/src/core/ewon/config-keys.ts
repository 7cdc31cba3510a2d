import { any, flag, longest, oneOf, port, type Takes, time, upTo } from './takes.ts';

// The keys of config.txt, section System, with what an Ewon has there from the factory and which values it takes
// (SSH-0052-00 v1.4, ewon-facts §3.2; the limit of the name is recollected).

export type ConfigKey = { readonly key: string; readonly factory: string; readonly takes: Takes };

/** Every key that is documented, in the order in which the simulated Ewon writes them. */
export const CONFIG_KEYS: readonly ConfigKey[] = [
  { key: 'Identification', factory: 'eWON', takes: longest(63) },
  { key: 'NtpEnable', factory: '0', takes: flag },
  { key: 'NtpServerAddr', factory: 'ntp.talk2m.com', takes: any },
  { key: 'NtpServerPort', factory: '123', takes: port },
  { key: 'NtpInterval', factory: '1440', takes: time },
  { key: 'NtpUpdateOnWANCnx', factory: '1', takes: flag },
  { key: 'NTPMaxDistance', factory: '30', takes: time },
  { key: 'Timezone', factory: 'Europe/Brussels', takes: any },
  { key: 'UTCExport', factory: '0', takes: flag },
  { key: 'DMSelect', factory: '0', takes: oneOf(0, 1, 2, 4) },
  { key: 'BackupSkipSD', factory: '0', takes: flag },
  { key: 'CORSAllowedHosts', factory: '', takes: any },
  { key: 'NLSeparator', factory: '0', takes: upTo(255) },
];

/** The settings of an Ewon as it leaves the factory. */
export const CONFIG_FACTORY: ReadonlyMap<string, string> = new Map(
  CONFIG_KEYS.map(({ key, factory }) => [key, factory]),
);
