/** What a target says about itself, all of it optional: what it leaves out is not checked. */

import type { Target } from '../plan/preflight.ts';

export interface TargetFile {
  readonly path: string;
  readonly size?: number;
  /** st_mode. */
  readonly mode?: number;
  /** Hexadecimal. */
  readonly buildId?: string;
}

export interface TargetFacts extends Target {
  /** As `uname -m` prints it. */
  readonly architecture?: string;
  /** Flags of /proc/cpuinfo. */
  readonly cpuFeatures?: readonly string[];
  /** Bytes that can be had. */
  readonly memoryBytes?: number;
  /** Release of CRIU. */
  readonly criu?: string;
  readonly criuPlugins?: readonly string[];
  /** Filesystem types that the kernel knows. */
  readonly filesystems?: readonly string[];
  /** Keys, or mountpoints, for which something is there. */
  readonly mounts?: readonly string[];
  /** All files of those asked for that are there; directories and devices too. */
  readonly files?: readonly TargetFile[];
  /** Local addresses. */
  readonly addresses?: readonly string[];
  /** Addresses with ports that are taken, as `tcp 0.0.0.0:80`. */
  readonly listening?: readonly string[];
  /** Names of unix sockets that are there. */
  readonly unixSockets?: readonly string[];
  /** Does the restore run on a terminal? */
  readonly terminal?: boolean;
  readonly lsmProfiles?: readonly string[];
  readonly cgroupControllers?: readonly string[];
  /** fs.nr_open */
  readonly openFilesMax?: number;
}
