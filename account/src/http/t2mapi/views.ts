import type { EwonRecord } from '../../core/records.ts';

// What Talk2M's API answers, in the names and the order that scripts know (pydatamailbox, tests of `M2Web`; libewon, `m2web/ewon.rs`).

/** One Ewon. Nothing behind an Ewon is known here: `lanDevices` and `ewonServices` are empty. */
export type T2mEwon = {
  readonly id: number;
  readonly name: string;
  readonly encodedName: string;
  readonly status: 'online' | 'offline';
  readonly description: string;
  readonly customAttributes: readonly [string, string, string];
  readonly m2webServer: string;
  readonly lanDevices: readonly never[];
  readonly ewonServices: readonly never[];
};

/** `getaccountinfo` */
export type T2mAccount = {
  readonly accountReference: string;
  readonly accountName: string;
  readonly company: string;
  readonly customAttributes: readonly [string, string, string];
  readonly pools: readonly { readonly id: number; readonly name: string }[];
  readonly accountType: 'Pro';
  readonly success: true;
};

/** @param m2webServer host by which this server was called */
export function t2mEwon(
  { name, online, description, customFields }: EwonRecord,
  id: number,
  m2webServer: string,
): T2mEwon {
  return {
    ...{ id, name, encodedName: encodedNameOf(name), status: online ? 'online' : 'offline', description },
    ...{ customAttributes: customFields, m2webServer, lanDevices: [], ewonServices: [] },
  };
}

/** A name as a part of an address: a blank is `+`, as in a form. */
export function encodedNameOf(name: string): string {
  return new URLSearchParams([['', name]]).toString().slice(1);
}
