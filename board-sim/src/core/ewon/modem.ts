/** The modem of an Ewon, as its status shows it. */
export type Modem = {
  readonly manufacturer: string;
  readonly model: string;
  readonly revision: string;
  readonly imei: string;
  readonly imsi: string;
  readonly iccid: string;
  readonly operator: string;
  /** The network, `20601`. */
  readonly operatorId: string;
  readonly lac: string;
  readonly cellId: string;
  /** 0 to 31 as `AT+CSQ` has it, 99 when there is none. */
  readonly signal: number;
  /** 1 at home, 5 roaming, 0 or 2 not registered, as `AT+CREG` has it. */
  readonly registration: number;
  /** The address of the data connection while it is up. */
  readonly address: string;
};

/** A made-up modem in a made-up cell; numbers begin as test equipment does (001, 00 and 89001). */
export const MODEM: Modem = {
  manufacturer: 'Telit',
  model: 'HE910-D',
  revision: '12.00.026',
  imei: '001011234567890',
  imsi: '001012345678901',
  iccid: '8900101234567890123',
  operator: 'Test Network',
  operatorId: '00101',
  lac: '1F4B',
  cellId: '0A3C52E',
  signal: 18,
  registration: 1,
  address: '10.64.12.7',
};
