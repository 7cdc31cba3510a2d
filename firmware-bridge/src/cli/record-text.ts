import type { ParsedRecord } from '../core/parsed-record.ts';
import { lines } from './io.ts';

/** Writes records for people: a line each, what names it first. */
export function asText(records: readonly ParsedRecord[]): string {
  return lines(records.map((record) => [labelOf(record), textOf(record)] as const));
}

function labelOf(record: ParsedRecord): string {
  const { refused, section, key, tag, localTime, when, line } = record;
  if (refused !== undefined) return `line ${line}`;
  if (key !== undefined) return section === undefined ? said(key) : `${said(section)}.${said(key)}`;
  if (section !== undefined) return said(section);
  return said(tag ?? localTime ?? when);
}

function textOf(record: ParsedRecord): string {
  const { refused, reason, value, hidden, grkId, doubt, quality, text, origin, row } = record;
  if (refused !== undefined) return `${said(refused)}: ${said(reason)}`;
  if (hidden !== undefined) return `(hidden, ${said(hidden)})`;
  if (grkId !== undefined) return `(key ${said(grkId)})`;
  if (text !== undefined) return `${said(text)} (${said(origin)})`;
  if (row !== undefined) return JSON.stringify(row);
  const more = doubt ?? (quality === 'good' ? undefined : quality);
  return more === undefined ? said(value) : `${said(value)}  (${said(more)})`;
}

function said(value: unknown): string {
  return String(value ?? ''); // what a terminal would obey is made harmless by lines()
}
