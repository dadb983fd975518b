/** Parameters checked by their schemas; only those that do not fit as they are get converted from text first. */

import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

export const checkParameters: FastifySchemaCompiler<TSchema> = (route) => {
  const check = Compile(route.schema);
  const convertAndCheck = TypeBoxValidatorCompiler(route);
  return (value) => (check.Check(value) ? { value } : convertAndCheck(value));
};
