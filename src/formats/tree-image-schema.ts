/**
 * The tree image as JSON: one schema for the type, the validation and the OpenAPI document.
 *
 * The readers check large `processes` arrays with a loop of their own (json/process-rows.ts), which accepts and
 * refuses exactly what this schema does; a property test holds the two together.
 */
import Type, { type Static } from 'typebox';
import { KINDS, LARGEST_SIGNAL } from '../engine/tree/sharing-columns.ts';
import {
  LARGEST_EXIT_STATUS,
  LARGEST_NUMBER,
  LONGEST_COMM,
  LONGEST_NAMESPACE_ID,
  MOST_LEVELS,
} from './field-limits.ts';
import { Pid } from './number-schemas.ts';

const pidNumber = (description: string, example: number) =>
  Type.Integer({ minimum: 1, maximum: LARGEST_NUMBER, description, examples: [example] });
const numberOrOutside = (description: string, example: number) =>
  Type.Integer({ minimum: 0, maximum: LARGEST_NUMBER, description, examples: [example] });
const levelNumbers = (minimum: number, description: string, example: number[]) =>
  Type.Array(Type.Integer({ minimum, maximum: LARGEST_NUMBER }), {
    minItems: 1,
    maxItems: MOST_LEVELS,
    description,
    examples: [example],
  });

/** Fields of a process that say by a number which kernel object it shares with others. */
export const RESOURCE_FIELDS = KINDS;

const classNumber = (what: string) =>
  Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LARGEST_NUMBER,
      description: `${what} Equal numbers mean one kernel object; they are compared within this field only. Left out: unknown, planned as private. Not for zombies.`,
      examples: [1],
    }),
  );
const threadClasses = (what: string) =>
  Type.Optional(
    Type.Array(Type.Integer({ minimum: 0, maximum: LARGEST_NUMBER }), {
      description: `Class number of the ${what} of each thread in \`threads\`, in that order. Left out: all threads have their process's.`,
      examples: [[1, 1, 7]],
    }),
  );

export const ProcessImageSchema = Type.Object(
  {
    pid: pidNumber('Process id on level 0, the outermost pid namespace of the image.', 4),
    ppid: numberOrOutside(
      "Pid of the parent; 0: the parent is outside the image. The root's may be its real parent's number, which then means 0.",
      2,
    ),
    pgid: numberOrOutside('Process group; 0: its leader is outside level 0.', 4),
    sid: numberOrOutside('Session; 0: its leader is outside level 0.', 4),
    state: Type.Optional(
      Type.Enum(['alive', 'zombie'], {
        description: 'Stopped processes are alive. Left out: alive.',
      }),
    ),
    childSubreaper: Type.Optional(
      Type.Boolean({
        description:
          'The final PR_SET_CHILD_SUBREAPER flag. /proc does not show it. Left out: unknown, the planner infers it.',
      }),
    ),
    pidns: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LONGEST_NAMESPACE_ID,
        description: 'Id of the pid namespace that the process lives in. Left out: the outermost.',
        examples: ['0'],
      }),
    ),
    pidnsForChildren: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: LONGEST_NAMESPACE_ID }), Type.Null()], {
        description:
          'Pid namespace that its next child would be born in, where that is not its own (/proc/PID/ns/pid_for_children): an id of pidNamespaces, or null for one that it has unshared and that nobody was born in yet. Left out: its own, or unknown.',
        examples: [null],
      }),
    ),
    nspid: Type.Optional(
      levelNumbers(1, 'Its pids from level 0 to its own namespace. Required below level 0.', [7, 1]),
    ),
    nspgid: Type.Optional(
      levelNumbers(
        0,
        'Its process group on the levels of nspid; 0 where not visible. Needed below level 0 where the leader is not in the image.',
        [4, 0],
      ),
    ),
    nssid: Type.Optional(
      levelNumbers(
        0,
        'Its session on the levels of nspid; 0 where not visible. Needed below level 0 where the leader is not in the image.',
        [4, 0],
      ),
    ),
    threads: Type.Optional(
      Type.Array(Pid, {
        description: 'Thread ids on level 0, with or without the pid itself. Left out: only the pid.',
        examples: [[4, 5, 6]],
      }),
    ),
    caba: Type.Optional(
      numberOrOutside(
        'Closest alive born ancestor: going up from creator to creator, the first that is in the image. 0: outside. Left out: unknown.',
        1,
      ),
    ),
    exitStatus: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LARGEST_EXIT_STATUS,
        description: 'Raw wait status of a zombie: exit 7 is 1792, death by SIGTERM is 15. Left out: 0.',
        examples: [1792],
      }),
    ),
    files: classNumber('Class of the file descriptor table (CLONE_FILES).'),
    fs: classNumber('Class of working directory, root and umask (CLONE_FS).'),
    vm: classNumber('Class of the address space (CLONE_VM).'),
    sighand: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LARGEST_NUMBER,
        description:
          'Class of the signal handlers (CLONE_SIGHAND). Equal numbers mean one kernel object; they are compared within this field only. Left out: unknown, planned as private. Zombies have it too.',
        examples: [1],
      }),
    ),
    sysvsem: classNumber('Class of the System V semaphore undo list (CLONE_SYSVSEM).'),
    io: classNumber('Class of the I/O context (CLONE_IO).'),
    exitSignal: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LARGEST_SIGNAL,
        description: 'Signal that the parent gets at exit, 0 none. Left out: 17, SIGCHLD.',
        examples: [17],
      }),
    ),
    ttyNr: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LARGEST_NUMBER,
        description: 'Device number of the controlling terminal, 0 none. Left out: unknown.',
        examples: [34816],
      }),
    ),
    threadFiles: threadClasses('file descriptor table'),
    threadFs: threadClasses('working directory, root and umask'),
    startTime: Type.Optional(
      Type.Number({ minimum: 0, description: 'Start time in clock ticks since boot.', examples: [8812] }),
    ),
    birthOrder: Type.Optional(
      Type.Number({ minimum: 0, description: 'A number that grows strictly with birth.', examples: [17] }),
    ),
    comm: Type.Optional(
      Type.String({ maxLength: LONGEST_COMM, description: 'The name shown to people.', examples: ['bash'] }),
    ),
  },
  {
    additionalProperties: false,
    description: 'One process of a tree image.',
    examples: [{ pid: 4, ppid: 2, pgid: 4, sid: 4, state: 'alive', childSubreaper: false, comm: 'bash' }],
  },
);
export type ProcessImage = Static<typeof ProcessImageSchema>;

const PidNamespaceImageSchema = Type.Object(
  {
    id: Type.String({
      minLength: 1,
      maxLength: LONGEST_NAMESPACE_ID,
      description: 'Name of the namespace within the image.',
      examples: ['0'],
    }),
    parent: Type.Union([Type.String({ minLength: 1, maxLength: LONGEST_NAMESPACE_ID }), Type.Null()], {
      description: 'Id of the namespace around it; null for the outermost, level 0.',
    }),
    init: Type.Union([Pid, Type.Null()], {
      description:
        'Level-0 pid of its init. For level 0 it may be null or name a process that is not in the image: then the root is no init, and orphans without a subreaper leave the tree.',
    }),
  },
  { additionalProperties: false, examples: [{ id: '0', parent: null, init: 1 }] },
);
export type PidNamespaceImage = Static<typeof PidNamespaceImageSchema>;

/** Lines of the published sets of small trees are tree images with a verdict; they can be posted as they are. */
const annotation = Type.Optional(
  Type.Unknown({ description: 'Annotation of the published sets of small trees. Not read.' }),
);
const annotations = {
  reachable: annotation,
  layer: annotation,
  minHelpers: annotation,
  reason: annotation,
  core: annotation,
  minimal: annotation,
  cabaMaps: annotation,
  forced: annotation,
  open: annotation,
};

const header = {
  root: Type.Optional(
    pidNumber("Pid of the tree's root. Left out: the one process whose parent is not in the image.", 1),
  ),
  pidNamespaces: Type.Optional(
    Type.Array(PidNamespaceImageSchema, {
      minItems: 1,
      description:
        'The forest of pid namespaces. Left out: one, "0", whose init is the root exactly if the root is pid 1.',
    }),
  ),
  ...annotations,
};

/** First line of an NDJSON image: everything but the processes. */
export const TreeImageHeaderSchema = Type.Object(header, { additionalProperties: false });
export type TreeImageHeader = Static<typeof TreeImageHeaderSchema>;

export const TreeImageSchema = Type.Object(
  {
    ...header,
    processes: Type.Array(ProcessImageSchema, {
      minItems: 1,
      description: 'The processes, in any order.',
    }),
  },
  {
    additionalProperties: false,
    description: 'A checkpointed process tree.',
    examples: [
      {
        root: 1,
        processes: [
          { pid: 1, ppid: 0, pgid: 1, sid: 1, state: 'alive', childSubreaper: false, comm: 'init' },
          { pid: 2, ppid: 1, pgid: 2, sid: 2, state: 'alive', childSubreaper: true, comm: 'shim' },
          { pid: 4, ppid: 2, pgid: 4, sid: 4, state: 'alive', childSubreaper: false, comm: 'app' },
          { pid: 7, ppid: 4, pgid: 4, sid: 4, state: 'zombie', exitStatus: 1792 },
        ],
      },
    ],
  },
);
export type TreeImage = Static<typeof TreeImageSchema>;
