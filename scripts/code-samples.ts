/**
 * Code samples of the OpenAPI document (`x-codeSamples`): each call with curl, TypeScript, Go and Python, made of the
 * document's own examples. `npm run test:docs` runs those whose language is on the machine.
 */

export const SERVER = 'http://127.0.0.1:8080';

export interface CodeSample {
  readonly lang: 'Shell' | 'TypeScript' | 'Go' | 'Python';
  readonly label: string;
  readonly source: string;
}

export interface SampledCall {
  readonly method: string;
  /** As in the document, `/v1/trees/{id}`. */
  readonly path: string;
  /** Path parameters by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: { readonly type: string; readonly text: string } | null;
  /** Media type of the answer; null where there is none. */
  readonly answer: string | null;
}

export function codeSamples(call: SampledCall): CodeSample[] {
  return [
    { lang: 'Shell', label: 'curl', source: curl(call) },
    { lang: 'TypeScript', label: 'TypeScript', source: typeScript(call) },
    { lang: 'Go', label: 'Go', source: go(call) },
    { lang: 'Python', label: 'Python', source: python(call) },
  ];
}

function addressOf({ path, parameters }: SampledCall): string {
  return SERVER + path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? name);
}

const isJson = (type: string | null): boolean => type === 'application/json';

function curl(call: SampledCall): string {
  const { method, body } = call;
  const verb = method === 'DELETE' ? '-X DELETE ' : '';
  const lines = [`curl -sS ${verb}'${addressOf(call)}'`];
  if (body) {
    lines.push(`-H 'Content-Type: ${body.type}'`, `--data-binary '${textOf(body).replaceAll("'", "'\\''")}'`);
  }
  return lines.join(' \\\n  ');
}

function typeScript(call: SampledCall): string {
  const { method, path, parameters, body, answer } = call;
  if ((body && !isJson(body.type)) || (answer !== null && !isJson(answer))) return typeScriptFetch(call);
  const settings = [
    ...(Object.keys(parameters).length > 0
      ? [`  params: { path: ${laidOut(parameters, TYPE_SCRIPT, '  ')} },`]
      : []),
    ...(body ? [`  body: ${laidOut(JSON.parse(body.text), TYPE_SCRIPT, '  ')},`] : []),
  ];
  const argument = settings.length > 0 ? `, {\n${settings.join('\n')}\n}` : '';
  return `import { createRegraftClient } from 'regraft/client';

const client = createRegraftClient({ baseUrl: '${SERVER}' });
const { data, error } = await client.${method}('${path}'${argument});
if (error) throw new Error(error.detail);
console.log(data);
`;
}

function typeScriptFetch(call: SampledCall): string {
  const { method, body } = call;
  const settings = body
    ? `, {
  method: '${method}',
  headers: { 'content-type': '${body.type}' },
  body: ${JSON.stringify(body.text)},
}`
    : '';
  return `const answer = await fetch('${addressOf(call)}'${settings});
if (!answer.ok) throw new Error(await answer.text());
console.log(await answer.text());
`;
}

function go(call: SampledCall): string {
  const { method, body } = call;
  const imports = ['fmt', 'io', 'net/http', ...(body ? ['strings'] : [])];
  const reader = body ? `strings.NewReader(${goString(textOf(body))})` : 'nil';
  const type = body ? `\n\trequest.Header.Set("Content-Type", "${body.type}")` : '';
  return `package main

import (
${imports.map((name) => `\t"${name}"`).join('\n')}
)

func main() {
\trequest, err := http.NewRequest("${method}", "${addressOf(call)}", ${reader})
\tif err != nil {
\t\tpanic(err)
\t}${type}
\tanswer, err := http.DefaultClient.Do(request)
\tif err != nil {
\t\tpanic(err)
\t}
\tdefer answer.Body.Close()
\ttext, err := io.ReadAll(answer.Body)
\tif err != nil {
\t\tpanic(err)
\t}
\tfmt.Println(answer.Status, string(text))
}
`;
}

/** A raw string, which Go writes between backquotes. */
function goString(text: string): string {
  return text.includes('`') ? JSON.stringify(text) : `\`${text}\``;
}

function python(call: SampledCall): string {
  const { method, body } = call;
  const settings = [
    `    "${addressOf(call)}",`,
    `    method="${method}",`,
    ...(body ? [`    headers={"Content-Type": "${body.type}"},`, `    data=rb'''${textOf(body)}''',`] : []),
  ];
  return `from urllib.request import Request, urlopen

request = Request(
${settings.join('\n')}
)
with urlopen(request) as answer:
    print(answer.status, answer.read().decode())
`;
}

/** How a language writes the key of an object, and a string. */
interface Notation {
  readonly key: (name: string) => string;
  readonly string: (text: string) => string;
  readonly last: string;
}

const JSON_TEXT: Notation = {
  key: (name) => JSON.stringify(name),
  string: (text) => JSON.stringify(text),
  last: '',
};
const TYPE_SCRIPT: Notation = {
  key: (name) => (/^[a-z]\w*$/i.test(name) ? name : `'${name}'`),
  string: (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
  last: ',',
};
const COLUMNS = 120;

function textOf({ type, text }: { readonly type: string; readonly text: string }): string {
  return isJson(type) ? laidOut(JSON.parse(text), JSON_TEXT, '') : text;
}

/** What fits into a line stands in one. */
function laidOut(value: unknown, notation: Notation, indent: string): string {
  if (typeof value === 'string') return notation.string(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const list = Array.isArray(value);
  const parts = (inner: string): string[] =>
    list
      ? value.map((item) => laidOut(item, notation, inner))
      : Object.entries(value).map(
          ([name, field]) => `${notation.key(name)}: ${laidOut(field, notation, inner)}`,
        );
  const [open, close] = list ? ['[', ']'] : ['{ ', ' }'];
  const line = open + parts('').join(', ') + close;
  if (parts('').length === 0) return list ? '[]' : '{}';
  if (indent.length + line.length <= COLUMNS && !line.includes('\n')) return line;
  const inner = `${indent}  `;
  const lines = parts(inner).join(`,\n${inner}`);
  return `${open.trim()}\n${inner}${lines}${notation.last}\n${indent}${close.trim()}`;
}
