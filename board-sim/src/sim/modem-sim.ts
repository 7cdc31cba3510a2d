import type { Duplex } from 'node:stream';
import { MODEM_RADIO, type ModemMaker, type ModemRadio, modemAnswer } from '../core/modem-answers.ts';

/** A command line may be this long; what is longer is no command. */
const COMMAND_MAX = 2048;

/** A simulated modem, in the hands of a test. */
export type ModemSim = {
  /** Every command that it was told, in order. */
  readonly commands: readonly string[];
  /** Commands that it would not carry out: unknown ones, and those that would change it. */
  readonly refused: readonly string[];
  /** How it stands from now on. */
  set(radio: Partial<ModemRadio>): void;
  /** Says something that nobody asked for. */
  say(line: string): void;
  /** It hears and does not answer, or answers again. */
  mute(word: 'silent' | 'answering'): void;
};

/**
 * Plays a modem on a stream, such as the other end of a terminal. It echoes commands, says things unasked in between, and ends
 * with the stream.
 */
export function startModemSim(stream: Duplex, maker: ModemMaker): ModemSim {
  let radio = MODEM_RADIO;
  let isSilent = false;
  let heard = '';
  const commands: string[] = [];
  const refused: string[] = [];
  const write = (text: string) => {
    if (!isSilent && !stream.destroyed) stream.write(text, 'latin1');
  };
  const say = (line: string) => write(`\r\n${line}\r\n`);

  const obey = (command: string) => {
    commands.push(command);
    write(`${command}\r`);
    const lines = modemAnswer(maker, radio, command);
    if (lines.includes('ERROR')) refused.push(command);
    if (commands.length % 3 === 0) say('+CIEV: "signal",3');
    for (const line of lines) say(line);
  };
  stream.on('data', (piece: Buffer) => {
    const [last = '', ...whole] = `${heard}${piece.toString('latin1')}`.split(/[\r\n]/).reverse();
    heard = last.slice(0, COMMAND_MAX);
    for (const command of whole.reverse()) if (command.trim() !== '') obey(command);
  });

  return {
    commands,
    refused,
    set(change) {
      radio = { ...radio, ...change };
    },
    say,
    mute(word) {
      isSilent = word === 'silent';
    },
  };
}
