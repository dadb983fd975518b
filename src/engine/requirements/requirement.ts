/** What a target must have, in one form whatever it is. */

/** `cluster`: any node would do the same. `node`: the machine. `namespace`: the namespaces of the restore. */
export const LEVELS = ['cluster', 'node', 'namespace'] as const;
/** `exact`: this and nothing else. `at least`: or more. `free`: must not be taken. `wanted`: helps. */
export const STRICTNESS = ['exact', 'at least', 'free', 'wanted'] as const;

/** What the image has; a list ends at a limit, and `total` counts on. */
export type Captured =
  | number
  | string
  | { readonly numbers: readonly number[]; readonly total: number }
  | { readonly list: readonly (string | Readonly<Record<string, unknown>>)[]; readonly total: number };

export interface Requirement {
  readonly property: string;
  readonly captured: Captured;
  readonly level: (typeof LEVELS)[number];
  readonly strictness: (typeof STRICTNESS)[number];
  /** In a sentence. */
  readonly says: string;
}

export function listed<T extends string | Readonly<Record<string, unknown>>>(
  list: readonly T[],
): { readonly list: readonly T[]; readonly total: number } {
  return { list, total: list.length };
}
