/** What a target must have, in one form whatever it is. */

import type { Listed } from './surroundings.ts';

/** `cluster`: any node would do the same. `node`: the machine. `namespace`: the namespaces of the restore. */
export const LEVELS = ['cluster', 'node', 'namespace'] as const;
/** `exact`: this and nothing else. `at least`: or more. `free`: must not be taken. */
export const STRICTNESS = ['exact', 'at least', 'free'] as const;

/** What the image has; a list ends at a limit, and `total` counts on. */
export type Captured =
  | number
  | string
  | { readonly numbers: readonly number[]; readonly total: number }
  | { readonly list: readonly (string | Readonly<Record<string, unknown>>)[]; readonly total: number };

type Level = (typeof LEVELS)[number];
type Strictness = (typeof STRICTNESS)[number];

/** All that is ever asked: where it must hold, and how strictly. */
const PROPERTIES = {
  numbers: ['namespace', 'free'],
  lowestFreeNumber: ['namespace', 'at least'],
  init: ['namespace', 'exact'],
  injected: ['namespace', 'exact'],
  pidMax: ['node', 'at least'],
  kernel: ['node', 'at least'],
  capabilities: ['node', 'at least'],
  tasks: ['node', 'at least'],
  pidNamespaces: ['node', 'at least'],
  architecture: ['node', 'exact'],
  cpuFeatures: ['node', 'at least'],
  criu: ['node', 'at least'],
  plugins: ['node', 'at least'],
  image: ['cluster', 'exact'],
  mounts: ['node', 'exact'],
  filesystems: ['node', 'at least'],
  files: ['namespace', 'exact'],
  directories: ['namespace', 'exact'],
  devices: ['namespace', 'exact'],
  connections: ['namespace', 'exact'],
  ports: ['namespace', 'free'],
  unixSockets: ['node', 'exact'],
  terminal: ['namespace', 'exact'],
  locks: ['namespace', 'free'],
  lsmProfiles: ['node', 'exact'],
  heldCapabilities: ['node', 'at least'],
  seccomp: ['node', 'at least'],
  openFiles: ['node', 'at least'],
  memory: ['node', 'at least'],
  parentImages: ['node', 'exact'],
  lazyPages: ['node', 'exact'],
  cgroupControllers: ['node', 'at least'],
  networkNamespace: ['namespace', 'exact'],
  networkDevices: ['namespace', 'exact'],
  userNamespaces: ['node', 'at least'],
} as const satisfies Readonly<Record<string, readonly [Level, Strictness]>>;
export type Property = keyof typeof PROPERTIES;

export interface Requirement {
  readonly property: Property;
  readonly captured: Captured;
  readonly level: Level;
  readonly strictness: Strictness;
  /** In a sentence. */
  readonly says: string;
}

export function listed<T extends string | Readonly<Record<string, unknown>>>(list: readonly T[]): Listed<T> {
  return { list, total: list.length };
}

/** Notes a requirement; what it says is a sentence. An empty list asks for nothing. */
export type Ask = (property: Property, captured: Captured, says: string) => void;

export function askedBy(asking: (ask: Ask) => void): Requirement[] {
  const requirements: Requirement[] = [];
  asking((property, captured, says) => {
    if (typeof captured === 'object' && captured.total === 0) return;
    const [level, strictness] = PROPERTIES[property];
    requirements.push({ property, captured, level, strictness, says });
  });
  return requirements;
}
