import type { Command } from 'commander';

/** Custom fields as they are typed, each by itself. */
export type CustomOptions = { readonly custom1?: string; readonly custom2?: string; readonly custom3?: string };

/** Adds the options that change custom fields. */
export function customOptions(over: Command): Command {
  return over
    .option('--custom1 <text>', 'what stands in the first custom field, "" for nothing')
    .option('--custom2 <text>')
    .option('--custom3 <text>');
}

/** Puts those that were typed where the server takes them; the others stay as they are. */
export function withCustomFields<T extends CustomOptions>({ custom1, custom2, custom3, ...set }: T) {
  const customFields = {
    ...(custom1 !== undefined && { 1: custom1 }),
    ...(custom2 !== undefined && { 2: custom2 }),
    ...(custom3 !== undefined && { 3: custom3 }),
  };
  return { ...set, ...(Object.keys(customFields).length > 0 && { customFields }) };
}
