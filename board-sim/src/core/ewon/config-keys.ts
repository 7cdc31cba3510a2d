// The keys of config.txt, section System, with what an Ewon has there from the factory (SSH-0052-00 v1.4, ewon-facts §3.2).

/** The settings of an Ewon as it leaves the factory. */
export const CONFIG_FACTORY: ReadonlyMap<string, string> = new Map([
  ['Identification', 'eWON'],
  ['NtpEnable', '0'],
  ['NtpServerAddr', 'ntp.talk2m.com'],
  ['NtpServerPort', '123'],
  ['NtpInterval', '1440'],
  ['NtpUpdateOnWANCnx', '1'],
  ['NTPMaxDistance', '30'],
  ['Timezone', 'Europe/Brussels'],
  ['UTCExport', '0'],
  ['DMSelect', '0'],
  ['BackupSkipSD', '0'],
  ['CORSAllowedHosts', ''],
  ['NLSeparator', '0'],
]);
