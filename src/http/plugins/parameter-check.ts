/**
 * Parameters and bodies checked by their schemas; only what does not fit as it is gets converted from text first.
 *
 * What is refused is told parameter by parameter, or with a JSON pointer into the body. An id that has not the form of
 * one is that of nothing: 404, like any other that is not there.
 */

import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import Type, { type TObject, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { type Fault, Problem, type ProblemCode } from '../../errors.ts';
import { schemaCheck } from '../../formats/json/schema-faults.ts';

export const checkParameters: FastifySchemaCompiler<TSchema> = ({ schema, httpPart, url }) => {
  const check = schemaCheck(schema as TObject);
  return (value) => {
    if (check.accepts(value)) return { value };
    const converted = httpPart === 'body' ? value : convertedParameters(schema as TObject, value);
    if (check.accepts(converted)) return { value: converted };
    return { error: problemOf(httpPart, url, schema as TObject, check.faults(converted, {})) };
  };
};

/** Numbers and booleans, which are text in an address; "1.5" and "true" are no whole numbers. */
function convertedParameters({ properties }: TObject, value: unknown): unknown {
  const given = Object.entries(value as Record<string, unknown>).map(([name, text]) => {
    const schema: { type?: string } | undefined = properties[name];
    const stays = !schema || (schema.type === 'integer' && !WHOLE_NUMBER.test(String(text)));
    return [name, stays ? text : Value.Convert(schema as TSchema, text)];
  });
  return Object.fromEntries(given);
}

const WHOLE_NUMBER = /^-?[0-9]+$/;

function problemOf(
  part: string | undefined,
  url: string | undefined,
  schema: TObject,
  faults: readonly Fault[],
): Problem {
  if (part === 'params') {
    const code: ProblemCode = url?.startsWith('/v1/trees') ? 'TREE_NOT_FOUND' : 'PLAN_NOT_FOUND';
    return new Problem(code, 'An id is 64 hexadecimal digits: there is nothing with this one.');
  }
  if (part === 'body') return new Problem('BODY_INVALID', faults[0]!.message, { errors: faults });
  const errors = faults.map((fault) => parameterFault(fault, schema));
  return new Problem('QUERY_INVALID', errors[0]!.message, { errors });
}

/** The pointer of a parameter's fault begins with its name. */
function parameterFault({ code, pointer = '', message }: Fault, schema: TObject): Fault {
  const parameter = pointer.split('/')[1]!.replaceAll('~1', '/').replaceAll('~0', '~');
  if (code === 'FIELD_UNKNOWN') {
    const known = Object.keys(schema.properties);
    const others = known.length ? `: known are ${known.join(', ')}` : '';
    return {
      code: 'PARAMETER_UNKNOWN',
      parameter,
      message: `There is no parameter "${parameter}" here${others}.`,
    };
  }
  const { description } = (schema.properties[parameter] ?? {}) as { description?: string };
  const says = message.replace(/^The value /, `The parameter ${parameter} `);
  return { code: 'PARAMETER_INVALID', parameter, message: description ? `${says} ${description}` : says };
}

/** Every route of the API that is declared after this has exactly the query parameters of its schema. */
export function refuseUnknownParameters(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (!route.schema || route.schema.hide) return;
    const query = (route.schema.querystring ?? Type.Object({})) as TObject;
    route.schema = {
      ...route.schema,
      querystring: Type.Object(query.properties, { ...query, additionalProperties: false }),
    };
  });
}
