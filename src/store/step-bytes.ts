/**
 * A step list as bytes, and back without copying: how steps travel between threads and lie in the store.
 *
 * Layout, in the machine's byte order: steps, numbers in `inner`; the columns actor, object, value, inner (32 bits
 * each); the columns op, flags (8 bits each). 14 bytes a step.
 */

import { StepList } from '../engine/plan/step-list.ts';

const HEADER = 2;

export function stepBytes(steps: StepList): Uint8Array<ArrayBuffer> {
  const { length, innerLength } = steps;
  const words = HEADER + 3 * length + innerLength;
  const buffer = new ArrayBuffer(4 * words + 2 * length);
  const numbers = new Int32Array(buffer, 0, words);
  numbers[0] = length;
  numbers[1] = innerLength;
  numbers.set(steps.actor.subarray(0, length), HEADER);
  numbers.set(steps.object.subarray(0, length), HEADER + length);
  numbers.set(steps.value.subarray(0, length), HEADER + 2 * length);
  numbers.set(steps.inner.subarray(0, innerLength), HEADER + 3 * length);
  const small = new Uint8Array(buffer);
  small.set(steps.op.subarray(0, length), 4 * words);
  small.set(steps.flags.subarray(0, length), 4 * words + length);
  return small;
}

/** @param bytes what `stepBytes` made, at an offset that is a multiple of 4 */
export function stepsFromBytes(bytes: Uint8Array): StepList {
  const { buffer, byteOffset } = bytes;
  const header = new Int32Array(buffer, byteOffset, HEADER);
  const length = header[0]!;
  const innerLength = header[1]!;
  const words = HEADER + 3 * length + innerLength;
  const numbers = new Int32Array(buffer, byteOffset, words);
  const steps = new StepList(0);
  steps.length = length;
  steps.actor = numbers.subarray(HEADER, HEADER + length);
  steps.object = numbers.subarray(HEADER + length, HEADER + 2 * length);
  steps.value = numbers.subarray(HEADER + 2 * length, HEADER + 3 * length);
  steps.inner = numbers.subarray(HEADER + 3 * length);
  steps.innerLength = innerLength;
  steps.op = bytes.subarray(4 * words, 4 * words + length);
  steps.flags = bytes.subarray(4 * words + length, 4 * words + 2 * length);
  return steps;
}
