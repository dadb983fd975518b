/** A line of a batch: what is asked, and to which container of which pod it belongs; or why it cannot be answered. */

import { Problem, problemBody } from '../../errors.ts';
import { schemaCheck } from '../../formats/json/schema-faults.ts';
import type { PlanRecord } from '../../store/store.ts';
import { type PlanAsk, planAsk } from '../plan-request.ts';
import { planned } from '../planned.ts';
import { asProblem } from '../plugins/problem-json.ts';
import type { Service } from '../routes/service.ts';
import { type BatchLabels, BatchLabelsSchema } from '../schemas/batch-schemas.ts';

export interface BatchLine {
  /** From 1. */
  readonly line: number;
  readonly labels: BatchLabels;
  readonly asked: PlanAsk | Problem;
  /** Does it say options of its own? */
  readonly hasOptions: boolean;
  /** False: it cannot be told to which pod it belongs. */
  readonly isRead: boolean;
}

const labelsCheck = schemaCheck(BatchLabelsSchema);

/** Never throws: what is wrong with a line is its answer. */
export async function batchLine(service: Service, bytes: Uint8Array, line: number): Promise<BatchLine> {
  let labels: BatchLabels = {};
  let hasOptions = false;
  let isRead = false;
  try {
    const upload = { contentType: 'application/json', head: bytes, rest: null };
    const read = await service.planner.read(upload, 'batch line');
    isRead = true;
    labels = labelsOf(read.labels);
    hasOptions = read.options !== undefined;
    if (read.refused) throw read.refused;
    return { line, labels, asked: await planAsk(service, read), hasOptions, isRead };
  } catch (error) {
    return { line, labels, asked: asProblem(error), hasOptions, isRead };
  }
}

/** @throws Problem BODY_INVALID */
function labelsOf(given: Readonly<Record<string, unknown>> = {}): BatchLabels {
  // Members that no line has are the reader's to tell, with all others that are wrong.
  const { pod, container, pidNamespace } = given;
  const labels = {
    ...(pod !== undefined && { pod }),
    ...(container !== undefined && { container }),
    ...(pidNamespace !== undefined && { pidNamespace }),
  };
  if (!labelsCheck.accepts(labels)) {
    const errors = labelsCheck.faults(labels, {});
    throw new Problem('BODY_INVALID', errors[0]!.message, { errors });
  }
  if (pod === undefined && Object.keys(labels).length > 0) {
    const message = 'A container and its pid namespace are of a pod, which is not named.';
    throw new Problem('BODY_INVALID', message, {
      errors: [{ code: 'FIELD_MISSING', pointer: '/pod', message }],
    });
  }
  return labels as BatchLabels;
}

/** The plan that a line asks for. @throws Problem */
export function planOf(service: Service, asked: PlanAsk | Problem): Promise<PlanRecord> {
  if (asked instanceof Problem) throw asked;
  return planned(service, asked);
}

/** The JSON of what went wrong with a line; each fault says which line that is. */
export function problemLine(problem: Problem, line: number, more: object = {}): string {
  const body = problemBody(problem);
  const errors = (body.errors ?? [{ code: 'LINE_REFUSED', message: body.detail }]).map((fault) => ({
    ...fault,
    line,
  }));
  return JSON.stringify({ ...body, errors, ...more });
}
