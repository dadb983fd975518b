/** The model of CRIU says of every public dump what CRIU 4.2 was seen to do with it (tree.txt beside the images). */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { predictCriu } from '../../../src/engine/restorers/criu/predict.ts';
import type { Prediction } from '../../../src/engine/restorers/prediction.ts';
import { CRIU_4_2, CRIU_4_3 } from '../../../src/engine/restorers/releases.ts';
import { readTreeParts } from '../../../src/formats/read-tree.ts';
import { DUMPS, dumpParts } from '../../formats/dumps.ts';
import { treeOf } from '../../formats/loaded.ts';

const refuses = (message: string, ...pids: number[]): Prediction => ({ outcome: 'refuses', message, pids });

/** All others come back identical. */
const MEASURED: Readonly<Record<string, Prediction>> = {
  branch_session_in_middle: refuses("Can't find a session leader for 2", 5),
  caba_tricky: refuses("Can't find a session leader for 2", 5),
  clone_parent: refuses("Can't find a session leader for 3", 4),
  docker_shim: refuses("Can't find a session leader for 4", 8),
  pgrp_leader_other_group: {
    outcome: 'hangs',
    message: "Can't restore pgid (4/1->3): Operation not permitted",
    pids: [4],
  },
  subreaper_adopts: refuses("Can't find a session leader for 3", 5),
  subreaper_flag_after_fork: refuses("Can't find a session leader for 3", 5),
  zdtm_session02: refuses("Can't find a session leader for 9", 10),
  zombie_exit200: { outcome: 'differs', message: null, pids: [3] },
};

/** Seen to come back, and of the kind that hangs now and then: CRIU's helper hangs from a zombie. */
const MAY_HANG: Readonly<Record<string, readonly number[]>> = { zombie_session_leader_with_members: [300] };

describe('CRIU on the public dumps', () => {
  for (const dump of DUMPS) {
    it(dump, async () => {
      const tree = treeOf(await readTreeParts(dumpParts(dump)));
      const mayHangFor = MAY_HANG[dump];
      const restores = { outcome: 'restores', message: null, pids: [], ...(mayHangFor && { mayHangFor }) };
      assert.deepEqual(predictCriu(tree, CRIU_4_2), MEASURED[dump] ?? restores);
      const exact = dump === 'zombie_exit200' ? restores : (MEASURED[dump] ?? restores);
      assert.deepEqual(predictCriu(tree, CRIU_4_3), exact);
    });
  }
});
