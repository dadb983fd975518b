/** JSON that was made here or on another thread, as text. */

import type { Json } from '../../jobs/work.ts';

export function jsonText(json: Json): string {
  return typeof json === 'string' ? json : Buffer.from(json).toString();
}
