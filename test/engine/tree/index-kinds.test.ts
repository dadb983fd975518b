/**
 * Kinds of indexes are kept apart where two meet. The compiler judges: each line below `@ts-expect-error` has to be a
 * fault, or the build fails.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ColumnOf,
  type ElementIndex,
  isProcess,
  type NamespaceIndex,
  type ProcessIndex,
  type SessionIndex,
} from '../../../src/engine/tree/index-kinds.ts';

const session: ColumnOf<SessionIndex> = Int32Array.of(0, 1, 1);
const sessionOf = (process: ProcessIndex): SessionIndex => session[process]!;
const anyElement = (element: ElementIndex): ElementIndex => element;

test('a plain number may be of any kind, and a process is an element', () => {
  const process: ProcessIndex = 2;
  assert.equal(sessionOf(process), 1);
  assert.equal(anyElement(process), 2);
});

test('one kind is not passed or kept as another', () => {
  const found = sessionOf(1);
  // @ts-expect-error a session is no process
  assert.equal(sessionOf(found), 1);
  // @ts-expect-error a session is no process
  const leader: ProcessIndex = session[2]!;
  assert.equal(leader, 1);
  // @ts-expect-error a session is no namespace
  const home: NamespaceIndex = found;
  assert.equal(home, 1);
});

test('an element is a process where that was asked', () => {
  const element = anyElement(2);
  // @ts-expect-error it could be a dead leader
  assert.equal(sessionOf(element), 1);
  assert.equal(isProcess(element, 3) ? sessionOf(element) : -1, 1);
  assert.equal(isProcess(anyElement(3), 3), false);
});
