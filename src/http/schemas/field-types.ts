/** Types of fields that many schemas have. */

import Type from 'typebox';
import { LARGEST_NUMBER } from '../../formats/field-limits.ts';

export const Pid = Type.Integer({ minimum: 1, maximum: LARGEST_NUMBER });
export const PidOrOutside = Type.Integer({ minimum: 0, maximum: LARGEST_NUMBER });
export const Count = Type.Integer({ minimum: 0 });
export const ContentId = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Content hash (SHA-256)' });

export const nullable = <T extends Type.TSchema>(schema: T, options: Type.TSchemaOptions = {}) =>
  Type.Union([schema, Type.Null()], options);
