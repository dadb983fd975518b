/** Columns that have become too short: the same in more memory. Cost: O(length), so O(1) an element where each is doubled. */

type Column = Int32Array | Uint8Array | Float64Array;

/** @param rest of the elements that are new */
export function larger<C extends Column>(column: C, length: number, rest = 0): C {
  const copy = new (column.constructor as new (length: number) => C)(length);
  copy.set(column);
  if (rest !== 0) copy.fill(rest, column.length);
  return copy;
}

/** Copies each column of a table into the one of the same name of a larger table. */
export function copyColumns<T extends object>(from: T, into: T): void {
  const columns = into as Readonly<Record<string, Column>>;
  for (const [name, column] of Object.entries(from))
    if (ArrayBuffer.isView(column)) columns[name]!.set(column as Column);
}
