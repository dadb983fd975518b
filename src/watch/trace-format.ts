/** What the kernel says of its trace records: where fields lie, which differs between kernels. */

export interface TraceField {
  readonly offset: number;
  readonly size: number;
}

export interface EventFormat {
  /** `common_type` of its records. */
  readonly id: number;
  readonly fields: ReadonlyMap<string, TraceField>;
}

export interface PageFormat {
  readonly timestamp: TraceField;
  readonly commit: TraceField;
  readonly data: TraceField;
}

const FIELD = /field:\s*[^;]*?(\w+)(?:\[\w*\])?;\s*offset:(\d+);\s*size:(\d+);/g;

function fieldsOf(text: string): Map<string, TraceField> {
  const fields = new Map<string, TraceField>();
  for (const [, name, offset, size] of text.matchAll(FIELD)) {
    fields.set(name!, { offset: Number(offset), size: Number(size) });
  }
  return fields;
}

/** From `events/*\/*\/format`. @returns null where a field is not there */
export function eventFormat(text: string, needed: readonly string[]): EventFormat | null {
  const id = /^ID:\s*(\d+)/m.exec(text);
  const fields = fieldsOf(text);
  if (!id || needed.some((name) => !fields.has(name))) return null;
  return { id: Number(id[1]), fields };
}

/** From `events/header_page`. */
export function pageFormat(text: string): PageFormat | null {
  const fields = fieldsOf(text);
  const [timestamp, commit, data] = ['timestamp', 'commit', 'data'].map((name) => fields.get(name));
  return timestamp && commit && data ? { timestamp, commit, data } : null;
}
