/**
 * What a schema says about a value that it refuses, as faults with JSON pointers.
 *
 * A refused value has at least one fault and at most some hundred. Unknown fields are looked for here: the library
 * reports a few faults only, one for each unknown field before the one that names them all.
 */
import type { TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { FaultList } from '../../engine/tree/tree-fault.ts';
import type { ReadFault, ReadFaultCode } from '../read-error.ts';
import type { Place } from '../read-image.ts';
import { escaped } from './json-flaw.ts';

export interface SchemaCheck {
  accepts(value: unknown): boolean;
  /** Faults of a value that is not accepted; `place` is where the value stands. */
  faults(value: unknown, place: Place): ReadFault[];
}

export function schemaCheck(schema: TObject): SchemaCheck {
  const compiled = Compile(schema);
  return {
    accepts: (value) => compiled.Check(value),
    faults: (value, place) => {
      const faults: ReadFault[] = [];
      const add = (code: ReadFaultCode, path: string, message: string): void => {
        faults.push({ code, message, ...place, pointer: (place.pointer ?? '') + path });
      };
      const addUnknown = (name: string, path: string): void =>
        add('FIELD_UNKNOWN', `${path}/${escaped(name)}`, `There is no field "${shortened(name)}" here.`);
      for (const name of unknownFields(schema, value)) addUnknown(name, '');
      if (faults.length > 0) return faults;
      for (const error of compiled.Errors(value)) {
        const { instancePath } = error;
        switch (error.keyword) {
          case 'required':
            for (const name of error.params.requiredProperties) {
              add('FIELD_MISSING', `${instancePath}/${escaped(name)}`, `The field ${name} is required.`);
            }
            break;
          case 'additionalProperties':
            for (const name of error.params.additionalProperties) addUnknown(name, instancePath);
            break;
          case 'boolean':
            break;
          default:
            // The alternatives of a union are told by the union.
            if (!error.schemaPath.includes('/anyOf/'))
              add('FIELD_INVALID', instancePath, sentence(error.message));
        }
      }
      if (faults.length === 0) add('FIELD_INVALID', '', 'The value is not what belongs here.');
      return faults.slice(0, FaultList.KEPT);
    },
  };
}

/** The first fields of an object that its schema does not have. */
function unknownFields({ properties }: TObject, value: unknown): string[] {
  const unknown: string[] = [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unknown;
  for (const name in value) {
    if (Object.hasOwn(properties, name)) continue;
    unknown.push(name);
    if (unknown.length === FaultList.KEPT) break;
  }
  return unknown;
}

function sentence(message: string): string {
  return message.startsWith('must match a schema') ? 'None of the allowed values.' : `The value ${message}.`;
}

function shortened(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}
