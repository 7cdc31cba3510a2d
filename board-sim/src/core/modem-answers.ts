// A cellular modem as its AT port shows it. What each family answers is written as its maker's manual has it; everything that a question
// does not ask for (a write, an unknown word) is answered ERROR.

/** Makers whose modems can be played. */
export type ModemMaker = 'Quectel' | 'SIMCOM' | 'u-blox' | 'Telit' | 'Cinterion' | 'Sierra Wireless' | 'Nobody';
export const MODEM_MAKERS: readonly ModemMaker[] = [
  ...(['Quectel', 'SIMCOM', 'u-blox', 'Telit', 'Cinterion', 'Sierra Wireless', 'Nobody'] as const),
];

/** How the radio of a modem stands. */
export type ModemRadio = {
  /** 3GPP TS 27.007 §7.2: 0 no, 1 home, 2 searching, 3 denied, 5 roaming. */
  readonly registration: number;
  readonly sim: 'READY' | 'SIM PIN' | 'none';
  readonly country: string;
  readonly network: string;
  readonly area: number;
  readonly cellId: number;
  readonly rsrpDbm: number;
  readonly rssiDbm: number;
};

/** An LTE cell of the test network 001-01, not too far away. */
export const MODEM_RADIO: ModemRadio = {
  ...{ registration: 1, sim: 'READY', country: '001', network: '01', area: 0x1a2b, cellId: 0x1a2d001 },
  ...{ rsrpDbm: -95, rssiDbm: -65 },
};

/** The lines that answer a command, the result among them. */
export function modemAnswer(maker: ModemMaker, radio: ModemRadio, command: string): readonly string[] {
  const asked = command.trim().toUpperCase();
  if (asked === 'AT') return ['OK'];
  if (asked === 'AT+CGMI') return [maker, 'OK'];
  if (asked === 'ATI') return [maker, 'Model 1', 'IMEI: 001011234567890', 'OK'];
  if (asked === 'AT+CPIN?') return radio.sim === 'none' ? ['+CME ERROR: 10'] : [`+CPIN: ${radio.sim}`, 'OK'];
  const said = standardAnswer(radio, asked) ?? ownAnswer(maker, radio, asked);
  return said ? [...said, 'OK'] : ['ERROR'];
}

const isIn = ({ registration }: ModemRadio): boolean => registration === 1 || registration === 5;
const hex = (number: number, digits: number): string => number.toString(16).toUpperCase().padStart(digits, '0');

function standardAnswer(radio: ModemRadio, asked: string): readonly string[] | undefined {
  const { registration, area, cellId, rsrpDbm, rssiDbm } = radio;
  switch (asked) {
    case 'AT+CREG?':
      return ['+CREG: 0,0']; // data only
    case 'AT+CGREG?':
      return ['+CGREG: 0,4'];
    case 'AT+CEREG?':
      return [
        isIn(radio) ? `+CEREG: 2,${registration},"${hex(area, 4)}","${hex(cellId, 8)}",7` : `+CEREG: 2,${registration}`,
      ];
    case 'AT+COPS?':
      return [isIn(radio) ? '+COPS: 0,0,"Test Network",7' : '+COPS: 0'];
    case 'AT+CSQ':
      return [isIn(radio) ? `+CSQ: ${Math.round((rssiDbm + 113) / 2)},99` : '+CSQ: 99,99'];
    case 'AT+CESQ':
      return [isIn(radio) ? `+CESQ: 99,99,255,255,16,${rsrpDbm + 141}` : '+CESQ: 99,99,255,255,255,255'];
    default:
      return undefined;
  }
}

function ownAnswer(maker: ModemMaker, radio: ModemRadio, asked: string): readonly string[] | undefined {
  const { country, network, area, cellId, rsrpDbm, rssiDbm } = radio;
  const [tac, cell] = [hex(area, 4), hex(cellId, 7)];
  const there = isIn(radio);
  switch (`${maker} ${asked}`) {
    case 'Quectel AT+QNWINFO':
      return [there ? `+QNWINFO: "FDD LTE","${country}${network}","LTE BAND 3",1300` : '+QNWINFO: No Service'];
    case 'Quectel AT+QENG="SERVINGCELL"':
      return [
        there
          ? `+QENG: "servingcell","NOCONN","LTE","FDD",${country},${network},${cell},123,1300,3,5,5,${tac},${rsrpDbm},-12,${rssiDbm},11,34`
          : '+QENG: "servingcell","SEARCH"',
      ];
    case 'SIMCOM AT+CPSI?':
      return [
        there
          ? `+CPSI: LTE,Online,${country}-${network},0x${tac},${cellId},123,EUTRAN-BAND3,1300,5,5,-120,${rsrpDbm * 10},${rssiDbm * 10},12`
          : '+CPSI: NO SERVICE,Online',
      ];
    case 'u-blox AT+UCGED?':
      return there
        ? [
            ...['+UCGED: 2', `6,4,${country},${network}`],
            `1300,3,25,50,${tac},${cell},123,00000000,ffff,ff,${rsrpDbm + 141},16,11.00,255,255,255,67,11,255,0,255,255,0,0`,
          ]
        : ['+UCGED: 2'];
    case 'Telit AT#RFSTS':
      return [
        there
          ? `#RFSTS: "${country} ${network}",1300,${rsrpDbm},${rssiDbm},-12,${tac},,-75,128,19,0,${cell},"001012345678901","Test Network",3,3`
          : '#RFSTS: ',
      ];
    case 'Cinterion AT^SMONI':
      return [
        there
          ? `^SMONI: 4G,1300,3,10,10,FDD,${country},${network},${tac},${cell},123,33,${rsrpDbm},-12,NOCONN`
          : '^SMONI: 4G,SEARCH,SEARCH',
      ];
    case 'Sierra Wireless AT!GSTATUS?':
      return there
        ? [
            ...['!GSTATUS: ', 'System mode:   LTE        \tPS state:    Attached     '],
            `PCC RxM RSSI:  ${rssiDbm}\t\tRSRP (dBm):  ${rsrpDbm} TAC: ${tac} (${area})`,
            `RSRQ (dB):     -12.0\t\tCell ID:     ${hex(cellId, 8)} (${cellId})`,
          ]
        : ['!GSTATUS: ', 'System mode:   UNKNOWN'];
    default:
      return undefined;
  }
}
