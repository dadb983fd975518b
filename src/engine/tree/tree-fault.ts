/**
 * Why process columns are not a tree at all (contract: 422). An image that is a tree but breaks a rule of the kernel
 * is no fault: the planner answers it with UNRESTORABLE.
 */

/** Every code that a fault can carry, with what it says; the OpenAPI document lists them from here. */
export const TREE_FAULT_CODES = {
  NO_PROCESS: 'The image has no process.',
  NUMBER_OUT_OF_RANGE: 'A number is negative, or a pid or thread id is below 1.',
  DUPLICATE_PID: 'Two processes have one pid, or one number in a pid namespace.',
  ROOT_ABSENT: 'The process named as root is not in the image.',
  ROOT_NOT_NAMED: 'Several processes have their parent outside the image and none is named as root.',
  ROOT_HAS_PARENT: 'The root has a parent that is in the image.',
  PARENT_ABSENT: 'A ppid names a process that is not in the image.',
  PARENT_CYCLE: 'Processes are their own ancestors: they hang neither from the root nor from outside.',
  THREAD_ID_TWICE: 'A thread id occurs twice.',
  THREAD_ID_IS_PID: 'A thread id is the pid of a process.',
  NAMESPACE_UNKNOWN: 'A process or a namespace names a pid namespace that the image does not declare.',
  NAMESPACE_TWICE: 'Two pid namespaces have one id.',
  NAMESPACE_OUTERMOST: 'Not exactly one pid namespace has no parent.',
  NAMESPACE_CYCLE: 'Pid namespaces are their own ancestors.',
  NAMESPACE_TOO_DEEP: 'Pid namespaces are nested deeper than Linux allows (32 levels).',
  INIT_ABSENT: 'The init of a nested pid namespace is not in the image.',
  INIT_ELSEWHERE: 'The init of a pid namespace lives in another one.',
  INIT_NOT_ROOT: 'The init of the outermost pid namespace is in the image and is not its root.',
  LEVELS_LENGTH: 'A vector of numbers does not have one entry a level of its pid namespace.',
  LEVELS_MISMATCH: 'The level-0 entry of a vector differs from the number itself.',
  LEVELS_ABSENT: 'The numbers on the inner levels are not given and cannot be derived.',
  CABA_SELF: 'A process is named as its own closest alive born ancestor.',
  CABA_ABSENT: 'The closest alive born ancestor is not in the image.',
} as const;
export type TreeFaultCode = keyof typeof TREE_FAULT_CODES;

export interface TreeFault {
  readonly code: TreeFaultCode;
  /** Row of the process in the columns, −1: not about a process. */
  readonly row: number;
  /** Field of the process, or (row −1) the path from the image: `root`, `pidNamespaces/1/init`. */
  readonly field: string;
  readonly message: string;
}

/** The first hundred faults, and how many there were. A million bad rows cost no million objects. */
export class FaultList {
  readonly first: TreeFault[] = [];
  total = 0;

  static readonly KEPT = 100;

  /** The message is asked for only where the fault is kept. */
  add(code: TreeFaultCode, row: number, field: string, message: () => string): void {
    if (this.total++ < FaultList.KEPT) this.first.push({ code, row, field, message: message() });
  }
}
