/** Which lines of a batch are of one pod: those that stand together and name it. */

import { Problem } from '../../errors.ts';
import type { BatchLine } from './batch-line.ts';

/** Their trees wait in memory for one another. */
const MOST_CONTAINERS = 250;

export interface PodLines {
  readonly pod: string;
  readonly lines: readonly BatchLine[];
}

/** The pod whose lines come, and the names of those that came before it. */
export class Pods {
  private name: string | undefined = undefined;
  private lines: BatchLine[] = [];
  private readonly ended = new Set<string>();

  /** The pod that such a line is no longer of. A line that cannot be read at all is of the pod before it. */
  endedBy({ labels, isRead }: BatchLine): PodLines | null {
    return labels.pod === this.name || !isRead ? null : this.end();
  }

  end(): PodLines | null {
    const { name, lines } = this;
    this.name = undefined;
    this.lines = [];
    if (name === undefined) return null;
    this.ended.add(name);
    return { pod: name, lines };
  }

  /** False: the line is of no pod. */
  take(line: BatchLine): boolean {
    const name = line.isRead ? line.labels.pod : this.name;
    if (name === undefined) return false;
    this.name = name;
    this.lines.push(this.faultOf(name, line));
    return true;
  }

  private faultOf(name: string, line: BatchLine): BatchLine {
    const refused = (detail: string): BatchLine => ({ ...line, asked: new Problem('BODY_INVALID', detail) });
    if (this.ended.has(name)) {
      return refused(`The lines of a pod stand together, and others came after those of ${name}.`);
    }
    if (this.lines.length >= MOST_CONTAINERS) return refused(`A pod may have ${MOST_CONTAINERS} containers.`);
    return line;
  }
}
