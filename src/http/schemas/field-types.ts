/** Types of fields that many schemas have. */

import Type from 'typebox';

export { Pid, PidOrOutside } from '../../formats/number-schemas.ts';

export const Count = Type.Integer({ minimum: 0 });
export const ContentId = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Content hash (SHA-256)' });

export const nullable = <T extends Type.TSchema>(schema: T, options: Type.TSchemaOptions = {}) =>
  Type.Union([schema, Type.Null()], options);
