/**
 * Virtual list: of a long list only the rows that are seen are elements. One element has the focus, the active row is
 * told to assistive technology by `aria-activedescendant`.
 *
 * In: how many rows there are and how row i is made. Cost: O(rows that are seen) a scroll, whatever the length.
 */

export interface VirtualListSettings {
  readonly container: HTMLElement;
  readonly rowHeight: number;
  /** Fills the element of row `index`; roles and labels too. */
  readonly render: (index: number, element: HTMLElement) => void;
  readonly onActive: (index: number) => void;
  readonly onKey?: (event: KeyboardEvent, index: number) => boolean;
}

/** Browsers do not draw elements beyond some 33 million pixels. */
const TALLEST = 30_000_000;

export class VirtualList {
  private readonly settings: VirtualListSettings;
  private readonly sizer = document.createElement('div');
  private readonly rows = new Map<number, HTMLElement>();
  private length = 0;
  private active = -1;

  constructor(settings: VirtualListSettings) {
    this.settings = settings;
    const { container } = settings;
    this.sizer.className = 'sizer';
    this.sizer.setAttribute('role', 'presentation');
    container.replaceChildren(this.sizer);
    container.tabIndex = 0;
    container.addEventListener('scroll', () => this.draw(), { passive: true });
    container.addEventListener('keydown', (event) => this.key(event));
    container.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('[data-index]');
      if (row) this.activate(Number(row.dataset.index));
    });
    new ResizeObserver(() => this.draw()).observe(container);
  }

  /** The rows are others now. */
  reset(length: number, active = this.active): void {
    this.length = length;
    this.active = Math.min(active, length - 1);
    this.sizer.style.height = `${Math.min(length * this.settings.rowHeight, TALLEST)}px`;
    this.refresh();
  }

  refresh(): void {
    for (const element of this.rows.values()) element.remove();
    this.rows.clear();
    this.draw();
  }

  /** Marks row `index` and brings it into view, without telling anybody. */
  show(index: number): void {
    const { container, rowHeight } = this.settings;
    this.active = index;
    const top = index * this.scale();
    if (top < container.scrollTop) container.scrollTop = top;
    else if (top + rowHeight > container.scrollTop + container.clientHeight) {
      container.scrollTop = top + rowHeight - container.clientHeight;
    }
    this.refresh();
  }

  private activate(index: number): void {
    if (index < 0 || index >= this.length) return;
    this.show(index);
    this.settings.onActive(index);
  }

  private key(event: KeyboardEvent): void {
    const { container, rowHeight, onKey } = this.settings;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (onKey?.(event, this.active)) {
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor(container.clientHeight / rowHeight) - 1);
    const target = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: Math.min(this.active + page, this.length - 1),
      PageUp: Math.max(this.active - page, 0),
      Home: 0,
      End: this.length - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.activate(target);
  }

  /** Pixels of scrolling a row; less than its height where the list is taller than browsers draw. */
  private scale(): number {
    const { rowHeight } = this.settings;
    return Math.min(rowHeight, TALLEST / Math.max(this.length, 1));
  }

  private draw(): void {
    const { container, rowHeight, render } = this.settings;
    const scale = this.scale();
    const first = Math.max(0, Math.floor(container.scrollTop / scale) - 4);
    const last = Math.min(this.length, first + Math.ceil(container.clientHeight / rowHeight) + 9);
    for (const [index, element] of this.rows) {
      if (index >= first && index < last) continue;
      element.remove();
      this.rows.delete(index);
    }
    const offset = first * scale;
    // Of a tree the levels tell where a row is.
    const isListBox = container.getAttribute('role') === 'listbox';
    for (let index = first; index < last; index++) {
      let element = this.rows.get(index);
      if (!element) {
        element = document.createElement('div');
        element.className = 'row';
        element.id = `${container.id}-${index}`;
        element.dataset.index = String(index);
        if (isListBox) {
          element.setAttribute('aria-posinset', String(index + 1));
          element.setAttribute('aria-setsize', String(this.length));
        }
        element.style.height = `${rowHeight}px`;
        if (index === this.active) element.classList.add('active');
        render(index, element);
        this.rows.set(index, element);
        this.sizer.append(element);
      }
      element.style.top = `${offset + (index - first) * rowHeight}px`;
    }
    if (this.rows.has(this.active))
      container.setAttribute('aria-activedescendant', `${container.id}-${this.active}`);
    else container.removeAttribute('aria-activedescendant');
  }
}
