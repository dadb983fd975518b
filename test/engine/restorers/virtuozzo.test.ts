/** The model of Virtuozzo's planning says of every public dump what its planning stage was measured to do. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { predictCriu } from '../../../src/engine/restorers/criu/predict.ts';
import { VIRTUOZZO_3_18 } from '../../../src/engine/restorers/releases.ts';
import { readTreeParts } from '../../../src/formats/read-tree.ts';
import { DUMPS, dumpParts } from '../../formats/dumps.ts';
import { treeOf } from '../../formats/loaded.ts';

/** Its message; null where two branches leave the tree without one. All others are accepted. */
const REFUSED: Readonly<Record<string, string>> = {
  clone_parent: "Can't find a session leader for 3",
  subreaper_flag_after_fork: "Can't find a session leader for 3",
  zdtm_session02: "Can't figure out which sid (4 or 9)the process 3 was born with",
};

describe('Virtuozzo on the public dumps', () => {
  for (const dump of DUMPS) {
    it(dump, async () => {
      const tree = treeOf(await readTreeParts(dumpParts(dump)));
      const { outcome, message } = predictCriu(tree, VIRTUOZZO_3_18);
      if (dump === 'caba_tricky') assert.equal(outcome, 'unsound');
      else if (dump === 'zombie_exit200') assert.equal(outcome, 'differs');
      else if (REFUSED[dump]) assert.deepEqual([outcome, message], ['refuses', REFUSED[dump]]);
      else assert.deepEqual([outcome, message], ['restores', null]);
    });
  }
});
