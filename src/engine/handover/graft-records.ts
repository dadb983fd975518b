/**
 * The records and carriers of a graft, from the tree at its fullest and its cast.
 *
 * In: players, who bore them, and what each is restored as. Out: records parents first, depth first; carriers with the process of the image whose core they get: one of the same
 * session, its leader before others, else the nearest live creator. Cost: O(players).
 */

import { type HelperList, helperAt } from '../plan/helper-list.ts';
import { NumberTable } from '../tree/number-table.ts';
import { ALIVE } from '../tree/process-columns.ts';
import { type ProcessTree, threadsOf } from '../tree/process-tree.ts';
import { depthFirst } from '../tree/subtree-intervals.ts';
import { CARRIER, type Cast, LEFT_OUT, ZOMBIE } from './cast-carriers.ts';
import type { FullestTree } from './fullest-tree.ts';
import type { Carrier, CarrierRole, GraftRecord } from './graft.ts';

export interface RecordSet {
  readonly records: readonly GraftRecord[];
  readonly carriers: readonly Carrier[];
}

export function graftRecords(
  tree: ProcessTree,
  fullest: FullestTree,
  helpers: HelperList,
  cast: Cast,
): RecordSet {
  const { pid, pgid, sid, births } = fullest;
  const { as, atRoot } = cast;
  const parent = fullest.parent.map((above, p) => (atRoot[p] ? 0 : above));
  const modelOf = models(tree, fullest);
  const records: GraftRecord[] = [];
  const carriers: Carrier[] = [];
  for (const p of depthFirst(parent, births)) {
    if (as[p] === LEFT_OUT) continue;
    const numbers = {
      pid: pid[p]!,
      ppid: parent[p]! < 0 ? 0 : pid[parent[p]!]!,
      pgid: pgid[p]!,
      sid: sid[p]!,
    };
    if (as[p] === ZOMBIE) {
      records.push({ ...numbers, threads: [], zombie: true });
      continue;
    }
    const threads = p < tree.size && tree.state[p] === ALIVE ? threadsOf(tree, p) : [];
    records.push({ ...numbers, threads: [pid[p]!, ...threads] });
    if (as[p] !== CARRIER) continue;
    const played = p < tree.size ? null : helperAt(helpers, p - tree.size);
    carriers.push({
      ...numbers,
      model: modelOf(p),
      role: played === null ? 'zombie' : (played.role as CarrierRole),
      serves: played === null ? [pid[p]!] : played.serves,
      childSubreaper: false,
    });
  }
  return { records, carriers };
}

/** Pid of the model of a carrier. */
function models(tree: ProcessTree, { sid, pid, parent }: FullestTree): (p: number) => number {
  const memberOf = new NumberTable(16);
  for (let i = 0; i < tree.size; i++) {
    if (tree.state[i] !== ALIVE) continue;
    const leads = pid[i] === sid[i];
    if (leads || !memberOf.has(sid[i]!)) memberOf.set(sid[i]!, i);
  }
  return (p) => {
    const member = memberOf.get(sid[p]!);
    if (member >= 0) return pid[member]!;
    let above = parent[p]!;
    while (above > 0 && (above >= tree.size || tree.state[above] !== ALIVE)) above = parent[above]!;
    return pid[above]!;
  };
}
