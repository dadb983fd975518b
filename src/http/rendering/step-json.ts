/** Steps as the bytes of their JSON, straight from their columns: no object and no string a step. */

import {
  CLONE3,
  deathOf,
  EXIT,
  PRCTL,
  SETNS,
  SETPGID,
  SETSID,
  type StepList,
  WAIT4,
} from '../../engine/plan/step-list.ts';
import { ByteText, word } from './byte-text.ts';

/** Appends steps `from` to `end` as the elements of a JSON array, without its brackets. */
export function writeSteps(text: ByteText, steps: StepList, from = 0, end = steps.length): ByteText {
  for (let i = from; i < end; i++) {
    if (i > from) text.word(COMMA);
    writeStep(text, steps, i);
  }
  return text;
}

/** The same as a string. */
export function stepsJson(steps: StepList, from = 0, end = steps.length): string {
  return writeSteps(PIECE.begin(), steps, from, end).taken().toString('latin1');
}

/** The same steps, one a line. */
export function stepLinesJson(steps: StepList, from: number, end: number): string {
  PIECE.begin();
  for (let i = from; i < end; i++) writeStep(PIECE, steps, i).word(LINE_FEED);
  return PIECE.taken().toString('latin1');
}

/** A page of steps: `StepPage` of the document. */
export function stepPageJson(steps: StepList, cursor: number, limit: number): string {
  const from = Math.min(cursor, steps.length);
  const end = Math.min(from + limit, steps.length);
  const next = end < steps.length ? `"${end}"` : 'null';
  return `{"steps":[${stepsJson(steps, from, end)}],"from":${from},"count":${steps.length},"next":${next}}`;
}

/** Of one text at a time, while one of these functions runs. */
const PIECE = new ByteText();
const COMMA = word(',');
const LINE_FEED = word('\n');

/** By PARENT and NEWPID; more flags are rare. */
const FLAGS = ['', '"CLONE_PARENT"', '"CLONE_NEWPID"', '"CLONE_PARENT","CLONE_NEWPID"'].map((flags) =>
  word(`],"flags":[${flags}]}`),
);
const CALLER = {
  clone3: word('{"op":"clone3","pid":'),
  setsid: word('{"op":"setsid","pid":'),
  setpgid: word('{"op":"setpgid","pid":'),
  prctl: word('{"op":"prctl","pid":'),
  setns: word('{"op":"setns","pid":'),
  exit: word('{"op":"exit","pid":'),
  wait4: word('{"op":"wait4","pid":'),
};
const CHILD = word(',"child":');
const SET_TID = word(',"setTid":[');
const TARGET = word(',"target":');
const PGID = word(',"pgid":');
const SUBREAPER = word(',"option":"PR_SET_CHILD_SUBREAPER","value":');
const CODE = word(',"code":');
const NEW_PID = word(',"nstype":"CLONE_NEWPID"}');
const END = word('}');

/** Step i; the same text as JSON.stringify(steps.at(i)). */
function writeStep(text: ByteText, steps: StepList, i: number): ByteText {
  const pid = steps.actor[i]!;
  const object = steps.object[i]!;
  const value = steps.value[i]!;
  switch (steps.op[i]) {
    case CLONE3: {
      const flags = FLAGS[steps.flags[i]!];
      if (flags === undefined || steps.hasExitSignal(i)) break;
      text.worded(CALLER.clone3, pid).worded(CHILD, object).worded(SET_TID, object);
      if (value >= 0) for (const number of steps.innerNumbers(i)) text.worded(COMMA, number);
      return text.word(flags);
    }
    case SETSID:
      return text.worded(CALLER.setsid, pid).word(END);
    case SETPGID:
      return text.worded(CALLER.setpgid, pid).worded(TARGET, object).worded(PGID, value).word(END);
    case PRCTL:
      return text.worded(CALLER.prctl, pid).worded(SUBREAPER, value).word(END);
    case SETNS:
      return text.worded(CALLER.setns, pid).worded(TARGET, object).word(NEW_PID);
    case EXIT: {
      const { code } = deathOf(value);
      if (code === undefined) break;
      return text.worded(CALLER.exit, pid).worded(CODE, code).word(END);
    }
    case WAIT4:
      return text.worded(CALLER.wait4, pid).worded(CHILD, object).word(END);
  }
  return text.text(JSON.stringify(steps.at(i)));
}
