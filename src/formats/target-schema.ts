/** What a target says about itself, as JSON. */

import Type from 'typebox';
import { Pid } from './number-schemas.ts';

const names = (maxItems: number, description: string) =>
  Type.Optional(Type.Array(Type.String({ maxLength: 4096 }), { maxItems, description }));
const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const TargetSchema = Type.Object(
  {
    occupiedPids: Type.Optional(
      Type.Array(Pid, {
        description:
          'Level-0 numbers that are taken in the pid namespace that it is restored into. A root that is 1 brings a fresh one: left out then',
      }),
    ),
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
