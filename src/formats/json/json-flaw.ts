/**
 * Where a JSON text goes wrong: the first syntax error or the first member written twice. JSON.parse tells neither in
 * full, so a text that failed is walked once more. Only texts with a flaw pay for it.
 */
export interface JsonFlaw {
  /** Index into the text. */
  readonly at: number;
  readonly pointer: string;
  readonly message: string;
}

interface Container {
  /** Names seen so far; null: an array. */
  readonly names: Set<string> | null;
  name: string;
  index: number;
}

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Null: the text is JSON without duplicate members. No recursion: nesting is bounded by memory only. */
export function findJsonFlaw(text: string): JsonFlaw | null {
  const open: Container[] = [];
  let at = 0;
  skip(BLANK);
  for (;;) {
    // Here a value, or the end of an empty container.
    const container = open.at(-1);
    if (text[at] === '{' || text[at] === '[') {
      open.push({ names: text[at] === '{' ? new Set() : null, name: '', index: 0 });
      at++;
      skip(BLANK);
      const opened = open.at(-1)!;
      if (text[at] !== (opened.names ? '}' : ']')) {
        if (opened.names === null) continue;
        const flaw = readName(opened);
        if (flaw) return flaw;
        continue;
      }
      at++;
      open.pop();
    } else if (container !== undefined && text[at] === undefined) {
      return flawed('The text ends too early.');
    } else if (!skipScalar())
      return flawed(text[at] === undefined ? 'There is no value.' : `Unexpected ${shown(text, at)}.`);

    // A value has ended: a comma goes on with the container, a bracket ends it too.
    for (;;) {
      skip(BLANK);
      const around = open.at(-1);
      if (around === undefined)
        return at < text.length ? flawed(`Unexpected ${shown(text, at)} after the value.`) : null;
      if (text[at] === ',') {
        at++;
        skip(BLANK);
        around.index++;
        const flaw = around.names && readName(around);
        if (flaw) return flaw;
        break;
      }
      if (text[at] !== (around.names ? '}' : ']')) {
        return flawed(at < text.length ? `Unexpected ${shown(text, at)}.` : 'The text ends too early.');
      }
      at++;
      open.pop();
    }
  }

  function skip(pattern: RegExp): boolean {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  }

  function skipScalar(): boolean {
    return text[at] === '"' ? skipString() : skip(NUMBER) || skip(WORD);
  }

  function skipString(): boolean {
    at++;
    while (at < text.length && text[at] !== '"') {
      if (text[at] === '\\') {
        if (!skip(ESCAPE)) return false;
      } else if (text.charCodeAt(at) < 0x20) return false;
      else at++;
    }
    return text[at++] === '"';
  }

  function readName(object: Container): JsonFlaw | null {
    const start = at;
    if (text[at] !== '"' || !skipString()) {
      return flawed(
        at < text.length
          ? `Unexpected ${shown(text, at)}; a member name is wanted.`
          : 'The text ends too early.',
      );
    }
    object.name = JSON.parse(text.slice(start, at)) as string;
    skip(BLANK);
    if (text[at] !== ':') return flawed('A colon is wanted after the member name.');
    at++;
    skip(BLANK);
    if (object.names!.has(object.name)) {
      at = start;
      return flawed(`The member "${object.name}" is there twice.`);
    }
    object.names!.add(object.name);
    return null;
  }

  function flawed(message: string): JsonFlaw {
    const pointer = open.map(({ names, name, index }) => `/${names ? escaped(name) : index}`).join('');
    return { at: Math.min(at, text.length), pointer, message };
  }
}

/** A member name in a JSON pointer (RFC 6901). */
export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function shown(text: string, at: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(at)!));
}
