/** An answer of the API as nested tables: lists of like records become rows. */

import { element, leftOut, tableOf } from '../page-parts.ts';

/** Rows of a table; more help nobody. */
const LISTED = 500;

export async function recordPanel(answer: Promise<unknown>, title: string): Promise<Node> {
  const value = await answer;
  if (value === null) return element('p', 'This server does not answer that for this tree.', 'hint');
  const panel = document.createElement('div');
  panel.append(element('p', title), shown(value));
  return panel;
}

function shown(value: unknown): Node {
  if (Array.isArray(value))
    return value.every((item) => isRecord(item)) ? rows(value) : document.createTextNode(brief(value));
  if (!isRecord(value)) return document.createTextNode(brief(value));
  const table = document.createElement('table');
  for (const [name, field] of Object.entries(value)) {
    if (name === 'links') continue;
    const row = table.insertRow();
    const head = element('th', name);
    head.setAttribute('scope', 'row');
    row.append(head);
    row.insertCell().append(shown(field));
  }
  return table;
}

/** Like records as a table. */
export function rows(records: readonly Record<string, unknown>[]): Node {
  if (records.length === 0) return document.createTextNode('none');
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const table = tableOf(names);
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
