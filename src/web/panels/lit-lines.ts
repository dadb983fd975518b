/** Lines each of which marks its processes while it is chosen, pointed at, or has the focus. */

import { button } from '../page-parts.ts';

export interface LitLine {
  readonly line: Node;
  readonly pids: readonly number[];
  readonly depth?: number;
  /** A link about the line. */
  readonly beside?: HTMLElement;
}

export function litLines(
  lines: readonly LitLine[],
  light: (pids: readonly number[]) => void,
  tag: 'ul' | 'ol' = 'ul',
): HTMLElement {
  const list = document.createElement(tag);
  list.className = 'lines';
  for (const { line, pids, depth = 0, beside } of lines) {
    const item = document.createElement('li');
    item.style.marginLeft = `${Math.min(depth, 12) * 1.2}rem`;
    const chooser = button('', 'line');
    chooser.append(line);
    const lit = (): void => {
      for (const other of list.querySelectorAll('.lit')) other.classList.remove('lit');
      item.classList.add('lit');
      light(pids);
    };
    chooser.addEventListener('focus', lit);
    chooser.addEventListener('click', lit);
    item.addEventListener('pointerenter', lit);
    item.append(chooser);
    if (beside) item.append(beside);
    list.append(item);
  }
  return list;
}
