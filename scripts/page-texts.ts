import { codeOnly, lineOf } from './source-text.ts';

// The sentences of the page stand in its texts*.ts and nowhere else, so that a second language is one file more for each of them.

/** What a person would read, in a source that is for none. */
export type Sentence = { readonly text: string; readonly line: number };

/** Two words, or one with a capital letter. */
const WORDS = /\p{L}{2,}[^\p{L}]* \p{L}|^\p{Lu}\p{Ll}+[.…:?!]?$/u;
/** A name that programs know each other by, not people. */
const IS_NAME = /(\b(from|import\(?|case|matchMedia\()|[=!]==|\b(on|type):|\b(class|transform)=\{?)$/;
const QUOTED = /'[^'\n]*'|"[^"\n]*"|`[^`]*`/g;
/** What stands between tags, or between a placeholder and the tag that closes; no generic of a type looks like that. */
const BETWEEN_TAGS =
  /(?<!=)>([^<>{}=;()|&]*\p{L}{2,}[^<>{}=;()|&]*)(?=[<{])|\}([^<>{}=;()|&]*\p{L}{2,}[^<>{}=;()|&]*)(?=<\/)/gu;

/**
 * Finds sentences in a source of the page: strings that look like words, and text between tags. It may be fooled, and errs to the side of silence.
 * @param path ends with `.ts`, `.tsx` or `.html`
 * @param classes names of the style, which stand in strings as words do
 */
export function sentencesIn(path: string, source: string, classes: ReadonlySet<string>): readonly Sentence[] {
  const code = codeOnly(source);
  const found: Sentence[] = [];
  for (const { 0: quoted, index } of path.endsWith('.html') ? [] : code.matchAll(QUOTED)) {
    if (IS_NAME.test(code.slice(0, index).trimEnd())) continue;
    const text = source.slice(index + 1, index + quoted.length - 1).replaceAll(/\$\{[^}]*\}/g, '0');
    const isStyle = text.split(/\s+/).every((word) => classes.has(word));
    if (WORDS.test(text) && !isStyle) found.push({ text, line: lineOf(source, index) });
  }
  for (const { 0: all, 1: inTag, 2: behind, index } of path.endsWith('.ts') ? [] : code.matchAll(BETWEEN_TAGS)) {
    const text = (inTag ?? behind ?? '').trim();
    found.push({ text, line: lineOf(source, index + all.indexOf(text)) });
  }
  return found;
}

/** The names of classes in a style. */
export function classesIn(style: string): readonly string[] {
  return [...style.matchAll(/\.(-?[a-z][\w-]*)/g)].map(([, name = '']) => name);
}
