/** The `Prefer` header (RFC 7240), as far as plans know it. */

export interface Preference {
  readonly respondAsync: boolean;
  /** Milliseconds that the client is ready to wait; undefined: it does not say. */
  readonly waitMs: number | undefined;
}

const LONGEST_WAIT_SECONDS = 300;

/** What cannot be understood is ignored, as the RFC wants it. */
export function preferenceOf(header: string | string[] | undefined): Preference {
  let respondAsync = false;
  let waitMs: number | undefined;
  if (header === undefined) return { respondAsync, waitMs };
  for (const item of [header].flat().join(',').split(',')) {
    const [name, value] = item.split(';')[0]!.split('=', 2);
    const token = name!.trim().toLowerCase();
    if (token === 'respond-async') respondAsync = true;
    if (token === 'wait' && value !== undefined && /^\s*"?\d{1,9}"?\s*$/.test(value)) {
      const seconds = Number(value.replaceAll('"', ''));
      waitMs = 1000 * Math.min(seconds, LONGEST_WAIT_SECONDS);
    }
  }
  return { respondAsync, waitMs };
}

/** The header that says which preference was followed; undefined where none was. */
export function appliedPreference(
  { respondAsync, waitMs }: Preference,
  answeredAsync: boolean,
): string | undefined {
  const applied = [
    ...(respondAsync && answeredAsync ? ['respond-async'] : []),
    ...(waitMs === undefined ? [] : [`wait=${waitMs / 1000}`]),
  ];
  return applied.length ? applied.join(', ') : undefined;
}
