/**
 * What open files, sockets, terminals and locks ask of a target.
 *
 * In: surroundings. Out: requirements; none of what no member told. Cost: linear in what is listed.
 */

import { managedContainer, onHost } from './of-container.ts';
import { listed, type Requirement } from './requirement.ts';
import type { Surroundings } from './surroundings.ts';

/** Of a container that somebody manages, those in its volumes: the others come with its image and its archive. */
export function ofFiles(surroundings: Surroundings): Requirement[] {
  const { files, roots } = surroundings;
  const container = managedContainer(surroundings);
  const found: Requirement[] = [];
  const isAsked = (path: string): boolean => !container || onHost(path, container) !== null;
  const wanted = files?.list.filter(({ inImage, path }) => !inImage && isAsked(path)) ?? [];
  const regular = wanted.filter(({ kind }) => kind === 'file');
  if (regular.length > 0) {
    found.push({
      property: 'files',
      captured: {
        list: regular.map(({ path, size, mode, buildId, program }) => ({
          path,
          size,
          mode,
          buildId,
          program,
          ...(container && { onHost: onHost(path, container) }),
        })),
        total: regular.length,
      },
      level: 'namespace',
      strictness: 'exact',
      says: 'Files that are open, mapped or run are there under their paths, with the same size, mode and build id where the image tells them.',
    });
  }
  const rest = [
    ['directories', 'directory', 'Working directories, roots and open directories are there.'],
    ['devices', 'device', 'Device files that are open are there.'],
  ] as const;
  for (const [property, kind, says] of rest) {
    // The mounts of a container's volumes say enough of what is in them.
    if (container) break;
    const paths = wanted.filter((file) => file.kind === kind).map(({ path }) => path);
    if (kind === 'directory') paths.push(...roots.filter((path) => !paths.includes(path)));
    if (paths.length === 0) continue;
    found.push({ property, captured: listed(paths), level: 'namespace', strictness: 'exact', says });
  }
  return found;
}

/** In a network namespace of its own, which is made anew, no address is taken. */
export function ofSockets({ inetSockets, unixSockets, dump, network }: Surroundings): Requirement[] {
  const found: Requirement[] = [];
  const apart = network?.own ?? false;
  const connected = inetSockets?.list.filter(({ state }) => state === 'connected') ?? [];
  if (connected.length > 0 && !dump?.tcpClose) {
    found.push({
      property: 'connections',
      captured: listed(
        connected.map(({ protocol, local, remote }) => ({
          protocol,
          local,
          remote,
          ...(apart && { ownNetwork: true }),
        })),
      ),
      level: 'namespace',
      strictness: 'exact',
      says: 'Connections go on from the same local address, which the target has, and nobody else has that pair of ports; the other end is still there.',
    });
  }
  const bound =
    inetSockets?.list.filter(({ state, local }) => state !== 'connected' && !/:0$/.test(local)) ?? [];
  if (bound.length > 0 && !apart) {
    found.push({
      property: 'ports',
      captured: listed(bound.map(({ protocol, local }) => ({ protocol, local }))),
      level: 'namespace',
      strictness: 'free',
      says: 'Addresses that programs listen on, or are bound to, are there and free.',
    });
  }
  const outside = unixSockets?.list.filter((socket) => socket.outside) ?? [];
  if (outside.length > 0) {
    found.push({
      property: 'unixSockets',
      captured: listed([...new Set(outside.map(({ name }) => name))]),
      level: 'node',
      strictness: 'exact',
      says: 'Unix sockets lead to processes outside the image: a socket of the same name is there, and of the kind that takes a new peer.',
    });
  }
  return found;
}

/** A container's runtime holds the other end of its terminal. */
export function ofTerminals(surroundings: Surroundings): Requirement[] {
  const { terminals, locks } = surroundings;
  const found: Requirement[] = [];
  const outside = terminals?.list.filter(({ master }) => !master) ?? [];
  if (outside.length > 0 && !managedContainer(surroundings)?.terminal) {
    found.push({
      property: 'terminal',
      captured: outside.length,
      level: 'namespace',
      strictness: 'exact',
      says: 'A terminal of the tree has its other end outside the image: the restore runs on a terminal, which takes its place.',
    });
  }
  if (locks && locks.total > 0) {
    found.push({
      property: 'locks',
      captured: locks.total,
      level: 'namespace',
      strictness: 'free',
      says: 'Processes hold file locks: nobody else holds them on the target.',
    });
  }
  return found;
}
