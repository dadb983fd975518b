/**
 * What open files, sockets, terminals and locks ask of a target.
 *
 * In: surroundings. Asks for nothing of which no member told. Cost: linear in what is listed.
 */

import { managedContainer, onHost } from './of-container.ts';
import { type Ask, listed } from './requirement.ts';
import type { FileKind, Surroundings } from './surroundings.ts';

/** Of a container that somebody manages, those in its volumes: the others come with its image and its archive. */
export function ofFiles(ask: Ask, surroundings: Surroundings): void {
  const { files, roots } = surroundings;
  const container = managedContainer(surroundings);
  const isAsked = (path: string): boolean => !container || onHost(path, container) !== null;
  const wanted = files?.list.filter(({ inImage, path }) => !inImage && isAsked(path)) ?? [];
  const regular = wanted.filter(({ kind }) => kind === 'file');
  ask(
    'files',
    listed(
      regular.map(({ path, size, mode, buildId, program }) => ({
        path,
        size,
        mode,
        buildId,
        program,
        ...(container && { onHost: onHost(path, container) }),
      })),
    ),
    'Files that are open, mapped or run are there under their paths, with the same size, mode and build id where the image tells them.',
  );
  // The mounts of a container's volumes say enough of what is in them.
  if (container) return;
  const pathsOf = (kind: FileKind): string[] =>
    wanted.filter((file) => file.kind === kind).map(({ path }) => path);
  const open = pathsOf('directory');
  const directories = [...open, ...roots.filter((path) => !open.includes(path))];
  ask('directories', listed(directories), 'Working directories, roots and open directories are there.');
  ask('devices', listed(pathsOf('device')), 'Device files that are open are there.');
}

/** In a network namespace of its own, which is made anew, no address is taken. */
export function ofSockets(ask: Ask, { inetSockets, unixSockets, dump, network }: Surroundings): void {
  const apart = network?.own ?? false;
  const connected = inetSockets?.list.filter(({ state }) => state === 'connected') ?? [];
  if (!dump?.tcpClose) {
    ask(
      'connections',
      listed(
        connected.map(({ protocol, local, remote }) => ({
          protocol,
          local,
          remote,
          ...(apart && { ownNetwork: true }),
        })),
      ),
      'Connections go on from the same local address, which the target has, and nobody else has that pair of ports; the other end is still there.',
    );
  }
  const bound =
    inetSockets?.list.filter(({ state, local }) => state !== 'connected' && !/:0$/.test(local)) ?? [];
  if (!apart) {
    ask(
      'ports',
      listed(bound.map(({ protocol, local }) => ({ protocol, local }))),
      'Addresses that programs listen on, or are bound to, are there and free.',
    );
  }
  const outside = unixSockets?.list.filter((socket) => socket.outside) ?? [];
  ask(
    'unixSockets',
    listed([...new Set(outside.map(({ name }) => name))]),
    'Unix sockets lead to processes outside the image: a socket of the same name is there, and of the kind that takes a new peer.',
  );
}

/** A container's runtime holds the other end of its terminal. */
export function ofTerminals(ask: Ask, surroundings: Surroundings): void {
  const { terminals, locks } = surroundings;
  const outside = terminals?.list.filter(({ master }) => !master) ?? [];
  if (outside.length > 0 && !managedContainer(surroundings)?.terminal) {
    ask(
      'terminal',
      outside.length,
      'A terminal of the tree has its other end outside the image: the restore runs on a terminal, which takes its place.',
    );
  }
  if (locks && locks.total > 0) {
    ask('locks', locks.total, 'Processes hold file locks: nobody else holds them on the target.');
  }
}
