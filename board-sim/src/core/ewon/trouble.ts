import type { Millis } from '@ewon-agent/contracts';
import { EWON_FAULTS, type EwonFault } from '../faults.ts';

export const HTTP_FAULTS = [
  ...EWON_FAULTS,
  'dropped', // the connection breaks amid the answer: a cellular link at its edge
] as const satisfies readonly (EwonFault | 'dropped')[];
export type HttpFault = (typeof HTTP_FAULTS)[number];

export const FTP_FAULTS = [
  'well',
  'silent', // the port is open, and nobody greets
  'refused', // FTP is closed towards this port (ClosedDevice)
  'wrongPassword', // the password was changed on the Ewon only
  'dropped', // both connections break amid a transfer
  'diskFull', // the files of a program have eaten the disk
] as const;
export type FtpFault = (typeof FTP_FAULTS)[number];

/** What is wrong with the servers of an Ewon; nothing, where it says nothing. */
export type EwonTrouble = {
  readonly http?: HttpFault;
  readonly ftp?: FtpFault;
  /** How long each answer of the web server and each reply of the FTP server takes: an Ewon with a busy program. */
  readonly answerAfterMs?: Millis;
  /** What a second question meets while one is being answered: its turn, or a refusal (503, 421). Nothing public says which. */
  readonly whenBusy?: 'queues' | 'refuses';
};
