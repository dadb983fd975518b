/**
 * Progress on a terminal: one line on standard error with a bar, written over and taken away in the end. Nothing where
 * standard error is no terminal, or the work is done before anybody would look.
 */

const PATIENCE_MS = 400;
const BAR = 24;

export class ProgressLine {
  private readonly begun = performance.now();
  private shown = false;

  /** `share`: how far it is, from 0 to 1. */
  tell(words: string, share: number): void {
    const { stderr } = process;
    if (!stderr.isTTY || performance.now() - this.begun < PATIENCE_MS) return;
    const full = Math.round(Math.max(0, Math.min(1, share)) * BAR);
    stderr.write(`\r\x1b[K${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${words}`);
    this.shown = true;
  }

  end(): void {
    if (this.shown) process.stderr.write('\r\x1b[K');
    this.shown = false;
  }
}
