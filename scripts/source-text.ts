// Just enough of the language to tell code from comments and strings. TypeScript 7 has no parser to call.

export type Import = {
  /** What stands between the quotes; `''` when it is computed at run time. */
  readonly specifier: string;
  /** `import type …`: gone at run time. */
  readonly typeOnly: boolean;
  /** The imported names, as they are called where they come from; empty for `import '…'`, `import()` and `*`. */
  readonly names: readonly string[];
  readonly line: number;
};

const REGEX_MAY_FOLLOW = /(^|[(,=:[!&|?{};+\-*%>~^]|\b(return|typeof|case|in|of|void|await|yield|throw|do|else))\s*$/;

/**
 * Blanks comments and the contents of strings, templates and regular expressions; code inside `${…}` stays.
 * Offsets and line ends are kept, so a match in the answer can be looked up in the source.
 */
export function codeOnly(source: string): string {
  let out = '';
  let at = 0;
  const templates: number[] = []; // depth of braces inside each open ${
  const blank = (end: number): void => {
    out += source.slice(at, end).replace(/[^\n]/g, ' ');
    at = end;
  };
  const keep = (count: number): void => {
    out += source.slice(at, at + count);
    at += count;
  };
  const template = (): void => {
    const end = matchEnd(source, at, /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y);
    blank(end);
    if (source.startsWith('${', at)) {
      templates.push(0);
      keep(2);
    } else keep(1);
  };
  while (at < source.length) {
    const char = source.charAt(at);
    const depth = templates.at(-1);
    if (source.startsWith('//', at)) blank(matchEnd(source, at, /[^\n]*/y));
    else if (source.startsWith('/*', at)) blank(matchEnd(source, at, /\/\*[\s\S]*?(?:\*\/|$)/y));
    else if (char === "'" || char === '"') {
      keep(1);
      blank(matchEnd(source, at, char === "'" ? /(?:[^'\\\n]|\\[\s\S])*/y : /(?:[^"\\\n]|\\[\s\S])*/y));
      if (source.charAt(at) === char) keep(1);
    } else if (char === '`') {
      keep(1);
      template();
    } else if (char === '/' && REGEX_MAY_FOLLOW.test(out.slice(-40))) {
      keep(1);
      blank(matchEnd(source, at, /(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])*/y));
      if (source.charAt(at) === '/') keep(1);
    } else if (char === '}' && depth === 0) {
      templates.pop();
      keep(1);
      template();
    } else {
      if (depth !== undefined && char === '{') templates[templates.length - 1] = depth + 1;
      if (depth !== undefined && char === '}') templates[templates.length - 1] = depth - 1;
      keep(1);
    }
  }
  return out;
}

/** Finds everything a source file imports: `import`, `export … from`, `import()` (also as a type), `require()`. */
export function importsOf(source: string): readonly Import[] {
  const code = codeOnly(source);
  const found: Import[] = [];
  const add = (match: RegExpExecArray, quoteAt: number, typeOnly: boolean, clause: string): void => {
    const quote = code.charAt(quoteAt);
    const end = /['"`]/.test(quote) ? code.indexOf(quote, quoteAt + 1) : quoteAt;
    const specifier = end === quoteAt ? '' : source.slice(quoteAt + 1, end);
    found.push({ specifier, typeOnly, names: namesIn(clause), line: lineOf(code, match.index) });
  };
  for (const match of code.matchAll(
    /\b(?:import|export)\b(\s*type\b(?!\s*(?:,|from\b)))?([\s\w$,*{}]*?)\bfrom\s*(?=['"])/g,
  )) {
    add(match, match.index + match[0].length, match[1] !== undefined, match[2] ?? '');
  }
  for (const match of code.matchAll(/\bimport\s*(?=['"])/g)) add(match, match.index + match[0].length, false, '');
  for (const match of code.matchAll(/(?<![.\w$])(?:import|require)\s*\(\s*/g)) {
    const inType =
      /(:|<|\btypeof|=)\s*$/.test(code.slice(0, match.index)) &&
      /^[^)]*\)\s*\.\s*[A-Z]/.test(code.slice(match.index + match[0].length));
    add(match, match.index + match[0].length, inType, '');
  }
  return found.sort((a, b) => a.line - b.line);
}

/** The number of the line, from 1, at an offset. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function namesIn(clause: string): readonly string[] {
  const braces = /\{([^}]*)\}/.exec(clause)?.[1] ?? '';
  const listed = braces.split(',').map((name) =>
    name
      .trim()
      .replace(/^type\s+/, '')
      .replace(/\s+as\s[\s\S]*$/, ''),
  );
  return listed.filter((name) => name !== '');
}

function matchEnd(source: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(source)?.[0].length ?? 0);
}
