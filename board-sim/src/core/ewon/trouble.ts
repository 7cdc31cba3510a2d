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
  'powerCut', // the Ewon loses its power amid a file that it receives
  'noRename', // no file takes another name; nothing public says whether one does
  'diskFull', // the files of a program have eaten the disk
] as const;
export type FtpFault = (typeof FTP_FAULTS)[number];

export const FLASH_FAULTS = [
  'well',
  'powerCut', // it loses its power while it installs; that the version before runs then is our reading
  'otherVersion', // the image is not what its name says
  'settingsLost', // the settings are those of the factory afterwards
  'neverBack', // it stays away until its power is cut
] as const;
export type FlashFault = (typeof FLASH_FAULTS)[number];

/** What is wrong with the servers of an Ewon; nothing, where it says nothing. */
export type EwonTrouble = {
  readonly http?: HttpFault;
  readonly ftp?: FtpFault;
  /** What becomes of the next firmware that it takes. */
  readonly flash?: FlashFault;
  /** From one piece of a file that is written to the next, of some 64 KiB: an Ewon with a slow disk. */
  readonly pieceAfterMs?: Millis;
  /** How long each answer of the web server and each reply of the FTP server takes: an Ewon with a busy program. */
  readonly answerAfterMs?: Millis;
  /** What a second question meets while one is being answered: its turn, or a refusal (503, 421). Nothing public says which. */
  readonly whenBusy?: 'queues' | 'refuses';
};
