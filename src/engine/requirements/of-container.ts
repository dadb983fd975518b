/**
 * What a container's manager provides by itself when it restores an archive, and what is left for the target.
 *
 * Podman, CRI-O and containerd make the root filesystem from the container's image and the archive, mask paths, mount
 * cgroups, and make hostname, hosts and shared memory in a directory of their own, which has the container's id. What a
 * user's volumes bring is the host's. In: surroundings of an archive. Facts: archives of Podman 4.3, tried in
 * test/criu/podman.test.ts.
 */

import type { Container, Mount, Surroundings } from './surroundings.ts';

/** A container that somebody manages; null: CRIU's images alone, or an archive that does not say. */
export function managedContainer({ container }: Surroundings): Container | null {
  return container?.manager ? container : null;
}

/** Directories of managers are called by the container's id. */
const CONTAINER_ID = /\/[0-9a-f]{64}(?:\/|$)/;

export function isByManager(mount: Mount, container: Container): boolean {
  const { mountpoint, external } = mount;
  const source = container.binds.find(({ destination }) => destination === mountpoint)?.source;
  if (source !== undefined) return CONTAINER_ID.test(source);
  return external === '/dev/null' || /^\/(?:sys|proc)\//.test(mountpoint);
}

/** Where a path of the container is on the host: in the volume that it belongs to; null: in no volume. */
export function onHost(path: string, container: Container): string | null {
  let found: string | null = null;
  let longest = 0;
  for (const { destination, source } of container.binds) {
    const isWithin = path === destination || path.startsWith(`${destination}/`);
    if (!isWithin || destination.length < longest || CONTAINER_ID.test(source)) continue;
    longest = destination.length;
    found = source + path.slice(destination.length);
  }
  return found;
}
