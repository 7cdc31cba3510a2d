import type { Code } from '@ewon-agent/contracts';

// What the answers of an FTP server mean for who asked (RFC 959 §4.2).

/** What was being done when the answer came. */
export type FtpStep = 'connect' | 'login' | 'read' | 'write';

/** Finds what an answer of 400 or more says. An answer tells by its number alone; its text is for people. */
export function codeOfFtpAnswer(step: FtpStep, answer: number): Code {
  if (answer === 421) return step === 'connect' || step === 'login' ? 'EWON_BUSY' : 'EWON_UNREACHABLE'; // or it is going down
  if (answer === 425 || answer === 426) return 'EWON_UNREACHABLE'; // the connection of the file
  if (answer === 530 || answer === 532) return 'EWON_PASSWORD_WRONG';
  if (step === 'connect') return 'EWON_NOT_ONE';
  if (step === 'login') return 'EWON_PASSWORD_WRONG';
  if (answer === 452 || answer === 552) return 'EWON_DISK_FULL';
  return step === 'read' && answer === 550 ? 'EWON_FILE_MISSING' : 'EWON_DECLINED';
}
