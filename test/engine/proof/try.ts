import { planImage, treeOf } from '../../histories/proven-plan.ts';
import { NESTED_SETS, NO_INIT, SMALL_SETS, smallTrees } from '../planner/small-trees.ts';
import { Image } from '../../../src/engine/proof/image.ts';
import { checkProof } from '../../../src/engine/proof/check-proof.ts';
import { refute } from '../../../src/engine/refute/refute.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';

const NOTHING = { respectCaba: false, births: {} };
for (const set of [...SMALL_SETS, ...NESTED_SETS]) {
  for (const noInit of [false, true]) {
    const nested = set.startsWith('namespaces');
    if (nested && noInit) continue;
    const counts = { trees: 0, byCore: 0, byAll: 0, none: 0, bad: 0, steps: 0, most: 0, false: 0, reachable: 0 };
    let shown = 0;
    const t0 = process.cpuUsage().user;
    for (const line of smallTrees(set, 'unreachable')) {
      const image: TreeImage = noInit ? { ...line, pidNamespaces: NO_INIT } : line;
      counts.trees++;
      const tree = treeOf(image);
      const view = new Image(tree, NOTHING);
      let proof = refute(view, Array.from(tree.pid), { work: 1e7 });
      if (proof) counts.byAll++;
      const planning = planImage(image);
      const core = refute(view, planning.diagnostics[0]!.pids, { work: 1e7 });
      if (core) { counts.byCore++; proof = core; }
      if (!core && shown++ < 2) console.log('NO PROOF BY CORE', !!proof, JSON.stringify(planning.diagnostics[0]!), JSON.stringify(line));
      if (!proof) { counts.none++; continue; }
      const check = checkProof(view, proof);
      if (!check.valid) { counts.bad++; if (shown++ < 3) console.log(check, JSON.stringify(proof.lines, null, 0), JSON.stringify(line)); }
      else { counts.steps += check.steps; counts.most = Math.max(counts.most, check.steps); }
    }
    for (const line of smallTrees(set, 'reachable')) {
      const image: TreeImage = noInit ? { ...line, pidNamespaces: NO_INIT } : line;
      counts.reachable++;
      const tree = treeOf(image);
      const proof = refute(new Image(tree, NOTHING), Array.from(tree.pid), { work: 1e7 });
      if (proof) { counts.false++; if (shown++ < 3) console.log('FALSE', JSON.stringify(proof.lines), JSON.stringify(line)); }
    }
    console.log(set, noInit, JSON.stringify(counts), ((process.cpuUsage().user - t0) / 1e6).toFixed(1));
  }
}
