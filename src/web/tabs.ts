/** Tabs: a panel is made when it is first looked at. Arrow keys walk the tabs, as the ARIA pattern says. */

import { button, element } from './page-parts.ts';

export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly make: () => Promise<Node> | Node;
}

export class Tabs {
  private readonly list: HTMLElement;
  private readonly panel: HTMLElement;
  private panels: readonly Panel[] = [];
  private made = new Map<string, Node>();
  private current = '';

  constructor(list: HTMLElement, panel: HTMLElement) {
    this.list = list;
    this.panel = panel;
    // Some have nothing in them that takes the focus, and scroll sideways.
    panel.tabIndex = 0;
    list.addEventListener('keydown', (event) => this.key(event));
  }

  show(panels: readonly Panel[]): void {
    this.panels = panels;
    this.made = new Map();
    this.list.replaceChildren(...panels.map((panel) => this.tab(panel)));
    void this.open((panels.find(({ id }) => id === this.current) ?? panels[0]!).id);
  }

  private tab({ id, title }: Panel): HTMLElement {
    const tab = button(title);
    tab.id = `tab-${id}`;
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-controls', this.panel.id);
    tab.addEventListener('click', () => void this.open(id));
    return tab;
  }

  private async open(id: string): Promise<void> {
    this.current = id;
    for (const { id: other } of this.panels) {
      const tab = document.getElementById(`tab-${other}`)!;
      tab.setAttribute('aria-selected', String(other === id));
      tab.tabIndex = other === id ? 0 : -1;
    }
    this.panel.setAttribute('aria-labelledby', `tab-${id}`);
    let content = this.made.get(id);
    if (!content) {
      this.panel.replaceChildren(element('p', 'Asking…', 'hint'));
      const { panels } = this;
      try {
        content = await panels.find((panel) => panel.id === id)!.make();
      } catch (error) {
        content = element('p', error instanceof Error ? error.message : String(error), 'hint');
      }
      if (panels !== this.panels) return;
      this.made.set(id, content);
    }
    if (this.current === id) this.panel.replaceChildren(content);
  }

  private key(event: KeyboardEvent): void {
    const at = this.panels.findIndex(({ id }) => id === this.current);
    const target = {
      ArrowRight: (at + 1) % this.panels.length,
      ArrowLeft: (at - 1 + this.panels.length) % this.panels.length,
      Home: 0,
      End: this.panels.length - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const { id } = this.panels[target]!;
    document.getElementById(`tab-${id}`)!.focus();
    void this.open(id);
  }
}
