/** What the server says is wrong, for people: a sentence, then each place with what is wrong there, the first few. */

export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  /** Cause and remedy, on this server. */
  readonly help?: string;
  readonly errors?: readonly Fault[];
  readonly errorsTotal?: number;
}

interface Fault {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly offset?: number;
  readonly pointer?: string;
}

const TOLD = 5;

/** Its lines. What the whole says is mostly what its first fault says: that is told once, with the place. */
export function problemText({ title, detail, errors = [], errorsTotal }: Problem): string {
  const total = errorsTotal ?? errors.length;
  const [first] = errors;
  const saysFirst = first !== undefined && first.message === detail;
  const said = (text: string | undefined): string =>
    [title, text].filter(Boolean).join(': ') || 'The server refused this.';
  if (saysFirst && total === 1) {
    const place = placeOf(first);
    return place === '' ? said(detail) : `${said(detail)} (${place})`;
  }
  const lines = errors.slice(0, TOLD).map((fault) => {
    const place = placeOf(fault);
    return place === '' ? fault.message : `${place}: ${fault.message}`;
  });
  if (total > TOLD) lines.push(`and ${total - TOLD} more`);
  return [saysFirst ? `${title}:` : said(detail), ...lines].join('\n');
}

function placeOf({ file, line, offset, pointer }: Fault): string {
  const places = [
    file,
    line === undefined ? undefined : `line ${line}`,
    pointer,
    offset === undefined ? undefined : `byte ${offset}`,
  ];
  return places.filter((place) => place !== undefined && place !== '').join(', ');
}
