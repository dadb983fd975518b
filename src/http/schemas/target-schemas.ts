/** What a target says about itself, and how a plan and its requirements are judged by it. */

import Type from 'typebox';
import { TARGET_CODES, type TargetCode, WHEN } from '../../engine/requirements/fault.ts';
import { STATUSES } from '../../engine/requirements/judge.ts';
import { ContentId, Pid } from './plan-schemas.ts';
import { COMMAND_OPTION, REQUIREMENT } from './restorer-schemas.ts';

const names = (maxItems: number, description: string) =>
  Type.Optional(Type.Array(Type.String({ maxLength: 4096 }), { maxItems, description }));
const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const TargetSchema = Type.Object(
  {
    occupiedPids: Type.Optional(Type.Array(Pid, { description: 'Level-0 numbers that are taken' })),
    pidMax: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 4194304, description: 'kernel.pid_max of the pid namespace' }),
    ),
    kernelRelease: Type.Optional(Type.String({ maxLength: 200, description: 'As `uname -r` prints it' })),
    capabilities: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), {
        maxItems: 64,
        description: 'Effective capabilities of the restorer',
      }),
    ),
    pidsLimit: Type.Optional(Type.Integer({ minimum: 0, description: "Room in the cgroup's pids.max" })),
    architecture: Type.Optional(Type.String({ maxLength: 64, description: 'As `uname -m` prints it' })),
    cpuFeatures: names(2000, 'Flags of /proc/cpuinfo'),
    memoryBytes: Type.Optional({ ...Bytes, description: 'Memory that can be had, in bytes' }),
    criu: Type.Optional(Type.String({ maxLength: 64, description: 'Release of CRIU', examples: ['4.3'] })),
    criuPlugins: names(100, 'Plugins that this CRIU has'),
    filesystems: names(1000, 'Filesystem types that the kernel knows'),
    mounts: names(100_000, 'Keys, or mountpoints, of mounts from outside for which something is there'),
    files: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String({ maxLength: 4096 }),
            size: Type.Optional(Bytes),
            mode: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff, description: 'st_mode' })),
            buildId: Type.Optional(Type.String({ pattern: '^[0-9a-f]{0,256}$' })),
          },
          { additionalProperties: false },
        ),
        {
          maxItems: 200_000,
          description:
            'Those of the files, directories and devices asked for that are there; others are missing',
        },
      ),
    ),
    addresses: names(10_000, 'Local addresses'),
    listening: names(100_000, 'Addresses that are taken, as `tcp 0.0.0.0:80`'),
    unixSockets: names(100_000, 'Names of unix sockets that are there; abstract ones begin with @'),
    terminal: Type.Optional(Type.Boolean({ description: 'Does the restore run on a terminal?' })),
    lsmProfiles: names(10_000, 'Security profiles that are loaded'),
    cgroupControllers: names(1000, 'Cgroup controllers that can be used'),
    openFilesMax: Type.Optional({ ...Bytes, description: 'fs.nr_open' }),
  },
  {
    additionalProperties: false,
    description: 'What the target has; what is left out is not checked. `regraft scan --target` writes it.',
    examples: [
      {
        occupiedPids: [1, 2, 300],
        pidMax: 32768,
        kernelRelease: '6.12.0',
        capabilities: ['CAP_SYS_ADMIN'],
        pidsLimit: 100,
        architecture: 'x86_64',
        memoryBytes: 4294967296,
        criu: '4.3',
      },
    ],
  },
);

const PreflightSchema = Type.Object(
  {
    planId: ContentId,
    madeAnewFrom: Type.Optional(ContentId),
    ok: Type.Boolean({ description: 'No conflict' }),
    verdict: Type.Enum(['yes', 'not now', 'never', 'no restorer'], {
      description:
        '`yes`: by `command`. `not now`: when the remedies are done. `never`: not on this target. `no restorer`: nothing that is known restores such a tree.',
    }),
    conflicts: Type.Array(
      Type.Object({
        code: Type.Enum(Object.keys(TARGET_CODES) as TargetCode[], {
          description: Object.entries(TARGET_CODES)
            .map(([code, says]) => `- \`${code}\`: ${says}`)
            .join('\n'),
        }),
        property: Type.String({ description: 'Of the requirement' }),
        when: Type.Enum([...WHEN], {
          description: '`never`: nothing on this target helps. `not now`: the remedy does',
        }),
        pids: Type.Array(Pid),
        message: Type.String(),
        remedy: Type.String(),
        detail: Type.Object({}, { additionalProperties: true }),
      }),
    ),
    requirements: Type.Array(
      Type.Object({
        ...REQUIREMENT,
        status: Type.Enum([...STATUSES], { description: 'Not checked: the body says nothing about it' }),
      }),
    ),
    token: Type.Union([Type.String(), Type.Null()], {
      description:
        'The facts that were judged, for `regraft restore --check`, which refuses when they have changed; null where there are conflicts',
    }),
    command: Type.Object(
      {
        restore: Type.Union([Type.String(), Type.Null()], {
          description:
            'DIR, ARCHIVE and GRAFTED stand for themselves; null where nothing that is known restores the tree',
        }),
        by: Type.Union([Type.Enum(['criu', 'regraft', 'podman']), Type.Null()], {
          description:
            'criu: alone. podman: with the archive as it is. regraft: CRIU alone does not restore the tree, a graft does; Podman needs the action script of `regraft finish` for it',
        }),
        why: Type.Union([Type.String(), Type.Null()], { description: 'What CRIU alone would do wrong' }),
        options: Type.Array(Type.Object(COMMAND_OPTION)),
      },
      { description: 'What restores the tree there' },
    ),
  },
  { $id: 'Preflight' },
);

export const TARGET_SCHEMAS = [PreflightSchema];
