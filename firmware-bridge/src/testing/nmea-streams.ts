import { type Dice, diceOf } from './dice.ts';

// What receivers of several makers say while they move, second by second, made up. Written without the code that reads it.

export const RECEIVERS = ['ublox', 'sirf', 'mediatek', 'quectel'] as const;
export type Receiver = (typeof RECEIVERS)[number];
/** Something that goes wrong with a line on its way. */
export type LineAccident = 'flipped' | 'wrongChecksum' | 'cut' | 'noise';
export const ACCIDENTS: readonly LineAccident[] = ['flipped', 'wrongChecksum', 'cut', 'noise'];

/** A line as it comes over the wire, and what happened to it. */
export type StreamedLine = { readonly text: string; readonly accident?: LineAccident };

/** Makes `seconds` of a receiver; once in `accidentOnceIn` lines something goes wrong. */
export function receiverStream(
  receiver: Receiver,
  seed: number,
  { seconds, accidentOnceIn }: { readonly seconds: number; readonly accidentOnceIn: number },
): readonly StreamedLine[] {
  const dice = diceOf(seed);
  const south = dice.onceIn(2);
  const west = dice.onceIn(2);
  const from = { latitude: 1 + dice.below(84), longitude: 1 + dice.below(178) };
  const first = Date.UTC(2026, dice.below(12), 1 + dice.below(28), dice.below(24), 59, 30);
  const lines: StreamedLine[] = [];
  for (let second = 0; second < seconds; second++) {
    const now = new Date(first + second * 1000).toISOString();
    const time = `${now.slice(11, 19).replaceAll(':', '')}.${receiver === 'sirf' ? '000' : '00'}`;
    const date = `${now.slice(8, 10)}${now.slice(5, 7)}${now.slice(2, 4)}`;
    const latitude = `${degrees(from.latitude, second, 2)},${south ? 'S' : 'N'}`;
    const longitude = `${degrees(from.longitude, second, 3)},${west ? 'W' : 'E'}`;
    const lost = dice.onceIn(10);
    for (const body of epoch(receiver, { dice, time, date, lost, place: lost ? ',,,' : `${latitude},${longitude}` }))
      lines.push(dice.onceIn(accidentOnceIn) ? withAccident(sentence(body), dice) : { text: sentence(body) });
  }
  return lines;
}

/** Frames the body of a sentence. */
export function sentence(body: string): string {
  const sum = Buffer.from(body, 'latin1').reduce((all, byte) => all ^ byte, 0);
  return `$${body}*${sum.toString(16).padStart(2, '0').toUpperCase()}`;
}

type Epoch = {
  readonly dice: Dice;
  readonly time: string;
  readonly date: string;
  readonly place: string;
  readonly lost: boolean;
};

function epoch(receiver: Receiver, { dice, time, date, place, lost }: Epoch): readonly string[] {
  const [used, hdop] = [lost ? 0 : 4 + dice.below(8), lost ? '99.99' : `${1 + dice.below(3)}.${dice.below(10)}`];
  const altitude = lost ? ',M,,M' : `${dice.below(900)}.${dice.below(10)},M,46.9,M`;
  const speed = lost ? ',' : `${dice.below(60)}.${dice.below(100)},${dice.below(360)}.${dice.below(10)}`;
  const talker = receiver === 'sirf' || receiver === 'mediatek' ? 'GP' : 'GN';
  const mode = lost ? 'N' : 'A';
  const rmc = `${talker}RMC,${time},${lost ? 'V' : 'A'},${place},${speed},${date},,`;
  const gga = `${talker}GGA,${time},${place},${lost ? 0 : 1},${String(used).padStart(2, '0')},${hdop},${altitude},,`;
  const gsa = `${talker}GSA,A,${lost ? 1 : 3},${lost ? '' : '05'},${lost ? '' : '12'},,,,,,,,,,,2.1,${hdop},1.8`;
  const gsv = `GPGSV,1,1,03,05,40,083,46,12,17,308,,25,07,344,39`;
  const vtg = `${talker}VTG,${lost ? '' : '84.4'},T,,M,${lost ? '' : '22.4'},N,${lost ? '' : '41.5'},K,${mode}`;
  switch (receiver) {
    case 'ublox':
      return [
        `${rmc},${mode},V`,
        vtg,
        gga,
        `${gsa},1`,
        `${gsv},1`,
        'GNTXT,01,01,02,ANTSTATUS=OK',
        `GLGSV,1,1,01,70,12,034,28,1`,
      ];
    case 'sirf':
      return [gga, gsa, gsv, `${rmc.slice(0, -1)},`, `PSRF150,1`];
    case 'mediatek':
      return [gga, gsa, gsv, `${rmc},${mode}`, vtg, 'PMTK011,MTKGPS'];
    case 'quectel':
      return [
        `${rmc},${mode},V`,
        `${talker}GNS,${time},${place},${lost ? 'NN' : 'AA'},${String(used).padStart(2, '0')},${hdop},${lost ? ',' : '120.5,46.9'},,,V`,
        `${gsa},1`,
        gsv,
        `${talker}ZDA,${time},${date.slice(0, 2)},${date.slice(2, 4)},20${date.slice(4)},00,00`,
        'PQTMVER,LC79D,2021/01/01',
      ];
  }
}

/** Some metres further each second. */
function degrees(whole: number, second: number, digits: number): string {
  return `${String(whole).padStart(digits, '0')}${String(10 + (second % 40)).padStart(2, '0')}.${String(12_345 + second * 7).padStart(5, '0')}`;
}

function withAccident(text: string, dice: Dice): StreamedLine {
  const accident = dice.of<LineAccident>('flipped', 'wrongChecksum', 'cut', 'noise');
  const at = 7 + dice.below(text.length - 10);
  const changed: Record<LineAccident, () => string> = {
    flipped: () => text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1),
    wrongChecksum: () => text.slice(0, -2) + (text.endsWith('00') ? '01' : '00'),
    cut: () => text.slice(0, at),
    // bytes that begin no binary protocol: gpsd knows many, and would wait for the rest of one
    noise: () => `\xff${dice.of('\xff', '?', '\0')}${text}`,
  };
  return { text: changed[accident](), accident };
}
