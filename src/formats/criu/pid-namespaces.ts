/**
 * The forest of pid namespaces of a dump with several levels (Virtuozzo, the 2018 branch).
 *
 * In: a process a row with its vector of numbers, the namespace id of its ids file, and the hierarchy of ns.img.
 * Out: declarations for the columns and the namespace of each row.
 * A zombie has no ids file: it leads its namespace (its innermost number is 1) or lives where its parent does.
 */
import type { PidNamespaceDeclaration } from '../../engine/tree/process-columns.ts';
import { readError } from '../read-error.ts';
import type { Place } from '../read-image.ts';

export interface NamespaceMember {
  readonly pid: number;
  readonly ppid: number;
  /** Numbers from level 0 to its own. */
  readonly numbers: readonly number[];
  /** Namespace id of its ids file. */
  readonly namespaceId: number | undefined;
  readonly place: Place;
}

interface Found {
  readonly level: number;
  init: NamespaceMember | null;
}

export function pidNamespaces(
  members: readonly NamespaceMember[],
  parentOf: ReadonlyMap<number, number>,
): { declarations: PidNamespaceDeclaration[]; namespace: Int32Array } {
  const rowOf = new Map(members.map(({ pid }, row) => [pid, row]));
  const found = new Map<string, Found>();
  const keys: string[] = [];
  members.forEach((member, row) => {
    keys[row] = keyOf(member, keys[rowOf.get(member.ppid) ?? -1], members[rowOf.get(member.ppid) ?? -1]);
    const level = member.numbers.length - 1;
    const namespace = found.get(keys[row]!) ?? { level, init: null };
    found.set(keys[row]!, namespace);
    if (member.numbers[level] === 1) namespace.init ??= member;
  });

  const onLevel = new Map<number, string[]>();
  for (const [id, { level }] of found) {
    const others = onLevel.get(level);
    if (others === undefined) onLevel.set(level, [id]);
    else others.push(id);
  }
  const index = new Map([...found.keys()].map((key, at) => [key, at]));
  const declarations = [...found].map(([id, { level, init }]) => ({
    id,
    parent: level === 0 ? null : parentKey(id, level),
    init: init?.pid ?? null,
  }));
  return { declarations, namespace: Int32Array.from(keys, (key) => index.get(key)!) };

  /** From ns.img, else the only namespace one level up, else where the parent of the init lives. */
  function parentKey(id: string, level: number): string {
    const declared = parentOf.get(Number(id));
    if (declared !== undefined && found.has(String(declared))) return String(declared);
    const above = onLevel.get(level - 1) ?? [];
    if (level === 1 || above.length === 1) return above[0] ?? OUTERMOST;
    const init = found.get(id)!.init;
    const key = init === null ? undefined : keys[rowOf.get(init.ppid) ?? -1];
    if (key !== undefined && found.get(key)?.level === level - 1) return key;
    throw readError(422, 'FILE_ABSENT', `ns.img must say which pid namespace is around "${id}".`, {
      file: 'ns.img',
    });
  }
}

const OUTERMOST = '0';

function keyOf(
  member: NamespaceMember,
  parentKey: string | undefined,
  parent: NamespaceMember | undefined,
): string {
  const level = member.numbers.length - 1;
  if (level === 0) return OUTERMOST;
  if (member.namespaceId !== undefined) return String(member.namespaceId);
  if (member.numbers[level] === 1) return `init-${member.pid}`;
  if (parent?.numbers.length === member.numbers.length && parentKey !== undefined) return parentKey;
  throw readError(
    422,
    'FILE_ABSENT',
    `ids-${member.pid}.img must say in which pid namespace ${member.pid} lives.`,
    member.place,
  );
}
