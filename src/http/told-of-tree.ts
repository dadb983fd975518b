/**
 * What is told of a stored tree without a plan: a view of it, with what its uploads said beside it.
 *
 * In: a tree, the view, whose surroundings. Out: the JSON, worked out when it is asked for, or an object.
 */

import type { Surroundings } from '../engine/requirements/surroundings.ts';
import type { TreeView } from '../jobs/tree-view.ts';
import type { Json } from '../jobs/work.ts';
import type { TreeRecord } from '../store/store.ts';
import { jsonText } from './rendering/json-text.ts';
import { type Service, surroundingsOf, treeOf } from './routes/service.ts';

export interface ViewTold {
  /** Beside the tree, what the answer depends on. */
  readonly representation: string;
  json(): Promise<Json>;
}

/**
 * @param surroundings id; the newest where none is given
 * @throws Problem TREE_NOT_FOUND, SURROUNDINGS_NOT_FOUND
 */
export async function toldOfTree(
  service: Service,
  id: string,
  view: TreeView,
  surroundings: string | undefined,
): Promise<ViewTold> {
  const record = await treeOf(service, id);
  const found = await surroundingsOf(service, id, surroundings);
  return {
    representation: found ? `${view}-${found.id}-${found.of}` : view,
    json: () => service.planner.treeView(record, view, found && (JSON.parse(found.text) as Surroundings)),
  };
}

export async function viewOfTree<T>(
  service: Service,
  record: TreeRecord,
  view: TreeView,
  beside: Surroundings | null,
): Promise<T> {
  return JSON.parse(jsonText(await service.planner.treeView(record, view, beside))) as T;
}
