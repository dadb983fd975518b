/** Long step lists as streams: a piece is made when the client has taken the one before. */

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { StepList } from '../../engine/plan/step-list.ts';
import { inBatches } from './batches.ts';
import { stepLinesJson, stepsJson } from './step-json.ts';
import { stepText } from './step-text.ts';

/** Steps a piece: well under a millisecond. */
const PIECE = 512;

/** One step a line; the last line has their count and the SHA-256 of all bytes before it. */
export function stepsNdjson(steps: StepList): Readable {
  return Readable.from(inBatches(linesWithHash(steps)));
}

export function stepsPlainText(steps: StepList): Readable {
  return Readable.from(inBatches(pieces(steps, textLines)));
}

/**
 * The JSON of a plan with its steps in it, as pieces.
 * @param head a JSON object
 * @param more further members after the steps, each with its comma before it
 */
export function* planWithSteps(head: string, steps: StepList, more: string): Generator<string> {
  yield `${head.slice(0, -1)},"steps":[`;
  for (let from = 0; from < steps.length; from += PIECE) {
    const comma = from > 0 ? ',' : '';
    yield comma + stepsJson(steps, from, Math.min(from + PIECE, steps.length));
  }
  yield `]${more}}`;
}

function* linesWithHash(steps: StepList): Generator<string> {
  const hash = createHash('sha256');
  for (const piece of pieces(steps, stepLinesJson)) {
    hash.update(piece);
    yield piece;
  }
  yield `{"count":${steps.length},"hash":"sha256:${hash.digest('hex')}"}\n`;
}

type Lines = (steps: StepList, from: number, end: number) => string;

const textLines: Lines = (steps, from, end) => {
  let lines = '';
  for (let i = from; i < end; i++) lines += `${stepText(steps.at(i))}\n`;
  return lines;
};

function* pieces(steps: StepList, lines: Lines): Generator<string> {
  for (let from = 0; from < steps.length; from += PIECE)
    yield lines(steps, from, Math.min(from + PIECE, steps.length));
}
