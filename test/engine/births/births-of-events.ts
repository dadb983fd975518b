/** What events prove of the births of a tree. */

import type { BirthEvent } from '../../../src/engine/record/birth-event.ts';
import {
  BirthRecord,
  type RecordedBirths,
  type RecordedTree,
} from '../../../src/engine/record/recorded-births.ts';

export function birthsOfEvents(tree: RecordedTree, events: Iterable<BirthEvent>): RecordedBirths {
  const record = new BirthRecord(tree);
  for (const event of events) record.add(event);
  return record.births();
}
