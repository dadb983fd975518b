/** Numbers of processes, groups and sessions as JSON has them. */

import Type from 'typebox';
import { LARGEST_NUMBER } from './field-limits.ts';

export const Pid = Type.Integer({ minimum: 1, maximum: LARGEST_NUMBER });
export const PidOrOutside = Type.Integer({ minimum: 0, maximum: LARGEST_NUMBER });

export const describedPid = (description: string) => Type.Integer({ ...Pid, description });
