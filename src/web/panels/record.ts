/**
 * An answer of the API as tables, nested where it is: lists of like records become rows, those of the answer itself before
 * all else; what has nothing in it is named once, at the end.
 */

import { element, leftOut, sentence, tableOf } from '../page-parts.ts';

/** Rows of a table; more help nobody. */
const LISTED = 500;

/** @param notes sentences before it */
export async function recordPanel(answer: Promise<unknown>, ...notes: readonly string[]): Promise<Node> {
  const value = await answer;
  if (value === null) return element('p', 'This server does not answer that for this tree.', 'hint');
  const panel = document.createElement('div');
  panel.append(...notes.map((note) => sentence('p', note)));
  const rest: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value as Record<string, unknown>)) {
    if (isList(field)) panel.append(rows(field));
    else rest[name] = field;
  }
  panel.append(shown(rest));
  return panel;
}

function shown(value: unknown): Node {
  if (isList(value)) return rows(value);
  if (!isRecord(value)) return sentence('span', brief(value));
  const table = document.createElement('table');
  const fields = Object.entries(value).filter(([name]) => name !== 'links');
  for (const [name, field] of fields) if (!isEmpty(field)) insert(table, words(name), shown(field));
  const empty = fields.filter(([, field]) => isEmpty(field)).map(([name]) => words(name));
  if (empty.length > 0) insert(table, 'none', document.createTextNode(empty.join(', ')));
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

function isList(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isRecord(item));
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
