/** `a`, `a and b`, `a, b and c`; nothing of none. */
export function inWords(items: readonly (string | number)[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
