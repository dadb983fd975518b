/** The options of a plan in the query of an address, for uploads whose body is the image itself. */

import Type, { type Static } from 'typebox';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import { Problem } from '../errors.ts';
import { schemaCheck } from '../formats/json/schema-faults.ts';
import { IncludeQuery, SetQuery } from './routes/parameters.ts';
import { PlanOptionsSchema } from './schemas/plan-schemas.ts';

const { allowCloneParent, helperPidMin, respectCaba, history } = PlanOptionsSchema.properties;
const PID = '[1-9][0-9]{0,9}';

export const PlanQuery = Type.Object({
  ...IncludeQuery.properties,
  ...SetQuery.properties,
  allowCloneParent,
  helperPidMin,
  respectCaba,
  history,
  occupiedPids: Type.Optional(
    Type.String({
      pattern: `^${PID}(,${PID})*$`,
      description: 'Level-0 numbers that are taken on the target, comma separated.',
      examples: ['300,301'],
    }),
  ),
  births: Type.Optional(
    Type.String({
      pattern: `^${PID}:[0-9]{1,10}(,${PID}:[0-9]{1,10})*$`,
      description: 'Births to assume: pid:ancestor, comma separated; ancestor 0 for outside.',
      examples: ['6:2,7:4'],
    }),
  ),
});

const optionsCheck = schemaCheck(PlanOptionsSchema);

/** @throws Problem QUERY_INVALID where a number is none of a process */
export function optionsInQuery(query: Static<typeof PlanQuery>): Partial<PlanOptions> {
  const { include: _include, set: _set, occupiedPids, births, ...others } = query;
  const options: Partial<PlanOptions> = {
    ...others,
    ...(occupiedPids !== undefined && { occupiedPids: occupiedPids.split(',').map(Number) }),
    ...(births !== undefined && { births: Object.fromEntries(births.split(',').map(birth)) }),
  };
  if (optionsCheck.accepts(options)) return options;
  const errors = optionsCheck.faults(options, {}).map(({ pointer = '', message }) => {
    const parameter = pointer.split('/')[1]!;
    return { code: 'PARAMETER_INVALID', parameter, message: `${parameter}: ${message}` };
  });
  throw new Problem('QUERY_INVALID', errors[0]!.message, { errors });
}

function birth(text: string): [string, number] {
  const [pid, ancestor] = text.split(':');
  return [pid!, Number(ancestor)];
}
