/** What a schedule over several pid namespaces knows besides its elements. */

import type { NestedTree } from '../nested/nested-tree.ts';
import type { GroupOwners } from './group-owners.ts';
import type { Homes } from './stage.ts';

export interface NestedSetting {
  readonly tree: NestedTree;
  readonly homes: (actors: number) => Homes;
  /** Group rows of the nested tree. */
  readonly owners: GroupOwners;
  /** Numbers of a group's owner on the inner levels. */
  readonly innerOf: (g: number) => ArrayLike<number>;
  readonly pidsOf: (g: number) => Iterable<number>;
}
