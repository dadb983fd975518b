/** An answer of the API as nested tables: lists of like records become rows; what has nothing in it is named once, at the end. */

import { element, leftOut, tableOf } from '../page-parts.ts';

/** Rows of a table; more help nobody. */
const LISTED = 500;

/** @param notes sentences before it */
export async function recordPanel(answer: Promise<unknown>, ...notes: readonly string[]): Promise<Node> {
  const value = await answer;
  if (value === null) return element('p', 'This server does not answer that for this tree.', 'hint');
  const panel = document.createElement('div');
  panel.append(...notes.map((note) => element('p', note)), shown(value));
  return panel;
}

function shown(value: unknown): Node {
  if (Array.isArray(value))
    return value.every((item) => isRecord(item)) ? rows(value) : document.createTextNode(brief(value));
  if (!isRecord(value)) return document.createTextNode(brief(value));
  const table = document.createElement('table');
  const fields = Object.entries(value).filter(([name]) => name !== 'links');
  for (const [name, field] of fields) if (!isEmpty(field)) insert(table, words(name), shown(field));
  const empty = fields.filter(([, field]) => isEmpty(field)).map(([name]) => words(name));
  if (empty.length > 0) insert(table, 'nothing of', document.createTextNode(empty.join(', ')));
  return table;
}

function insert(table: HTMLTableElement, name: string, content: Node): void {
  const row = table.insertRow();
  const head = element('th', name);
  head.setAttribute('scope', 'row');
  row.append(head);
  row.insertCell().append(content);
}

/** A name of the API as people write it. */
function words(name: string): string {
  return name.replace(/[a-z](?=[A-Z])/g, '$& ').toLowerCase();
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.values(value).every((field) => isEmpty(field));
}

/** Like records as a table. */
export function rows(records: readonly Record<string, unknown>[]): Node {
  if (records.length === 0) return document.createTextNode('none');
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const table = tableOf(names.map(words));
  const body = table.createTBody();
  for (const record of records.slice(0, LISTED)) {
    const row = body.insertRow();
    for (const name of names) row.insertCell().append(shown(record[name]));
  }
  if (records.length > LISTED) table.createCaption().textContent = leftOut(records.length, LISTED);
  return table;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function brief(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
