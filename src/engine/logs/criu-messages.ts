/**
 * The messages of CRIU's logs that say why a dump or a restore failed, as data: each with its condition and remedy.
 *
 * `kind`: `cause` decides; `consequence` only follows from a cause; `harmless` appears in logs of restores that succeed.
 * Messages about the process tree are those of the restorers' models (engine/restorers/reasons.ts); here are the others.
 * Facts: restorers.md, criu-handover.md, section 8; texts of releases 4.2 and 4.3.
 */

export type MessageKind = 'cause' | 'consequence' | 'harmless';

export interface KnownMessage {
  readonly pattern: RegExp;
  readonly kind: MessageKind;
  readonly why: string;
  readonly remedy: string;
  /** Which captures of the pattern are pids. */
  readonly pids?: readonly number[];
}

const consequence = (pattern: RegExp, why: string, pids: readonly number[] = []): KnownMessage => ({
  pattern,
  kind: 'consequence',
  why,
  remedy: 'Look at the lines before it.',
  pids,
});

const cause = (pattern: RegExp, why: string, remedy: string, pids: readonly number[] = []): KnownMessage => ({
  pattern,
  kind: 'cause',
  why,
  remedy,
  pids,
});

export const CRIU_MESSAGES: readonly KnownMessage[] = [
  {
    pattern: /RLIMIT_NOFILE/,
    kind: 'harmless',
    why: 'CRIU could not raise its own limit of open files; restores that succeed say so too.',
    remedy: 'None is needed.',
  },
  consequence(/Restoring FAILED/, 'The restore has failed.'),
  consequence(/Dumping FAILED/, 'The dump has failed.'),
  consequence(/(\d+) exited, status=/, 'A restored process ended, because its own restore failed.', [0]),
  consequence(
    /(\d+) killed by signal/,
    'A restored process was killed, because the restore failed elsewhere.',
    [0],
  ),
  consequence(/Child (\d+) died too early/, 'A process ended before the restore was through.', [0]),
  consequence(
    /Can't (?:dump|freeze) (?:task|processes)|Dump(?:ing)? (?:files|core|mappings?|mm) .*failed/,
    'A part of the dump failed.',
  ),

  cause(
    /The root process (\d+) is not a session leader/,
    'The tree was started from a shell and belongs to its session, which is not in the dump.',
    'Dump and restore with --shell-job, from a terminal; or start the program with setsid.',
    [0],
  ),
  cause(
    /Connected TCP socket/,
    'A process has a TCP connection to outside.',
    'Dump and restore with --tcp-established, and keep the address on the target; or close the connection first (--tcp-close).',
  ),
  cause(
    /External socket is used|ext-unix-sk/,
    'A unix socket leads to a process that is not in the dump.',
    'Dump with --ext-unix-sk, and let a socket of the same name be there on the target.',
  ),
  cause(
    /file locks are hold|--file-locks/,
    'Processes hold file locks.',
    'Dump and restore with --file-locks.',
  ),
  cause(
    /No mapping for \S+ mountpoint|Can't lookup mount|doesn't have a proper root mount|has unreachable sharing|No root mount found|Can't find mount/,
    'A file or mount of the tree comes from outside its mount namespace.',
    'Name the mount with --external mnt[…] at the dump and at the restore, or do not let the program inherit files of the host.',
  ),
  cause(
    /(?:mnt|fs).*(?:Can't|Unable to|Failed to) (?:mount|bind|open_tree)|Can't mount at/,
    'A mount of the image cannot be made on the target.',
    'Provide its source at the same path on the target, or map it with --external mnt[key]:path.',
  ),
  cause(
    /File (\S+) has bad (?:size|mode|build-ID)/,
    'A file on the target is not the one that was open at the dump.',
    'Put the same file (size, mode, build id) at that path on the target.',
  ),
  cause(
    /Can't open file (\S+) on restore|Can't open (?:file )?\S+.*No such file/,
    'A file that was open at the dump is not there on the target.',
    'Put the file at that path, in the mount namespace of the restore.',
  ),
  cause(
    /Can't link remap|Can't create link remap|Can't restore unlinked file/,
    'A process has a deleted file open.',
    'Dump with --link-remap, or --ghost-limit where the file is large.',
  ),
  cause(
    /Can't fork for (\d+)|Pid (\d+) do(?:es)? not match expected/,
    'A number of the image is taken on the target.',
    'Restore in a fresh pid namespace, or start whatever else runs there above the largest number of the image.',
    [0, 1],
  ),
  cause(
    /Can't set kernel pid_max/,
    'The image has a number that is not below pid_max, and it cannot be raised.',
    'Set kernel.pid_max on the target to more than the largest number of the image.',
  ),
  cause(
    /Can't bind inet socket|Address already in use/,
    'An address that a process listened on is taken on the target.',
    'Restore in a network namespace of its own, or free the port.',
  ),
  cause(
    /iptables|nftables|network lock|Can't lock network/i,
    'CRIU could not lock the network: it needs iptables or nftables for that.',
    'Install iptables or nftables, or give --network-lock skip where packets may be lost.',
  ),
  cause(
    /FPU feature required by image|CPU capabilities do not match|cpuinfo: .*(?:mismatch|do not match)/,
    'The processor of the target lacks features that the programs had at the dump.',
    'Restore on a machine with the same features; --cpu-cap tells how strictly they are compared.',
  ),
  cause(
    /[Aa]pp[Aa]rmor|SELinux|lsm: /,
    'The security profile of the dump is not there on the target.',
    'Load the profile on the target, or give --lsm-profile.',
  ),
  cause(
    /seccomp/,
    'A seccomp filter could not be read or set.',
    'Restore with the privileges that the dump had (CAP_SYS_ADMIN), on a kernel of the same age or newer.',
  ),
  cause(
    /No task found with sid|[Tt]ty.*(?:Can't|Found slave peer)|orphan.*tty/,
    'A terminal of the tree has no other end: its master, or the leader of its session, is not in the dump.',
    'Dump and restore with --shell-job, or run the program without a terminal.',
  ),
  cause(
    /Can't make (FILES|FS|VM|SIGHAND|IO|SYSVSEM) id/,
    'Processes share a kernel object (a file table, an address space …) in a way that CRIU does not restore.',
    'GET /v1/trees/{id}/restorers says which processes; where a graft exists, restore with `regraft restore`.',
  ),
  cause(
    /Magic doesn't match|Unexpected EOF|Can't open image|image corruption/,
    'A file of the image set is missing or damaged.',
    'Copy the whole image directory again.',
  ),
  cause(/vdso: (?:Failed|Can't)/, 'This CRIU is too old for the running kernel.', 'Take a newer CRIU.'),
  cause(
    /Zombie with children|A root task is dead/,
    'The tree was dying while it was dumped.',
    'Dump it again.',
  ),
  cause(
    /Zombies with threads are not supported/,
    'The first thread of a process has ended, and others run on: CRIU does not dump that.',
    'End the program before the dump, or let it keep its first thread. No graft helps: there is no dump to rewrite.',
  ),
  cause(
    /Tracking memory is not available/,
    'The kernel does not tell which memory has changed (CONFIG_MEM_SOFT_DIRTY), so that no dump can build on another.',
    'Dump without --track-mem, and without pre-dumps.',
  ),
  cause(
    /Operation not permitted|CAP_/,
    'CRIU lacks a privilege.',
    'Run it as root, or with CAP_CHECKPOINT_RESTORE and what `criu check --unprivileged` asks for.',
  ),
];
