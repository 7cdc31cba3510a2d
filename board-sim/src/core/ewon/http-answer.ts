import type { Millis } from '@ewon-agent/contracts';
import { escaped } from './cells.ts';
import type { EwonHappening } from './ewon-machine.ts';
import type { EwonState } from './ewon-state.ts';
import { exportBlock } from './export-block.ts';
import { readDescriptor } from './export-descriptor.ts';

export type HttpAnswer = {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** What the request did, in order. */
  readonly happened: readonly EwonHappening[];
};

/** Answers a request that showed the right password. The forms take their fields from the query of a GET or the body of a POST. */
export function answerHttp(state: EwonState, path: string, form: URLSearchParams, atMs: Millis): HttpAnswer {
  switch (path) {
    case '/rcgi.bin/ParamForm':
      return paramForm(state, form, atMs);
    case '/rcgi.bin/UpdateTagForm':
      return updateTagForm(state, form, atMs);
    case '/rcgi.bin/wsdForm':
      return wsdForm(form, atMs);
    default:
      return answer(404, 'text/plain', 'not found\r\n');
  }
}

function paramForm(state: EwonState, form: URLSearchParams, atMs: Millis): HttpAnswer {
  const descriptor = readDescriptor(form.get('AST_Param') ?? '');
  if (!descriptor) return answer(404, 'text/plain', 'AST_Param is no export block descriptor\r\n');
  const block = exportBlock(state, descriptor, atMs);
  return 'missing' in block ? answer(404, 'text/plain', `${block.missing}\r\n`) : answer(200, block.type, block.text);
}

/**
 * `TagName1=..&TagValue1=..&TagName2=..`, or without numbers. The words `Done` and `ERROR:` and the table around them are
 * what HMS's own client looks for (hms-networks/IgnitionEwonConnector, M2WebEwonUpdateTagValuesResponse); the rest is made up.
 */
function updateTagForm(state: EwonState, form: URLSearchParams, atMs: Millis): HttpAnswer {
  const happened: EwonHappening[] = [];
  for (const [field, name] of form) {
    const [, number] = /^TagName(\d*)$/.exec(field) ?? [];
    if (number === undefined) continue;
    const known = state.tags.get(name);
    const text = form.get(`TagValue${number}`);
    if (!known) return failed(`Tag "${name}" does not exist`);
    if (text === null) return failed(`No value for tag "${name}"`);
    const value = typeof known.value === 'string' ? text : Number(text);
    if (text === '' || Number.isNaN(value)) return failed(`"${text}" is no value for tag "${name}"`);
    happened.push({ on: 'tagSet', atMs, name, value });
  }
  if (happened.length === 0) return failed('No tag');
  return answer(200, 'text/html', '<html><body><table><tr><td>Done</td></tr></table></body></html>\r\n', happened);
}

/** Only the order to reboot is known (ewon-facts §4). */
function wsdForm(form: URLSearchParams, atMs: Millis): HttpAnswer {
  if (form.get('resetAction') !== '1') return answer(404, 'text/plain', 'not found\r\n');
  return answer(200, 'text/html', `<html><body>${escaped(form.get('AST_ErrorMsg') ?? '')}</body></html>\r\n`, [
    { on: 'rebootAsked', atMs, reason: 'Web request' },
  ]);
}

function failed(reason: string): HttpAnswer {
  const cell = `<td><span class="error">ERROR: </span>${escaped(reason)}</td>`;
  return answer(200, 'text/html', `<html><body><table><tr>${cell}</tr></table></body></html>\r\n`);
}

function answer(status: number, type: string, text: string, happened: readonly EwonHappening[] = []): HttpAnswer {
  return { status, type, text, happened };
}
