/** What a schema says about a value that it refuses, as faults with JSON pointers. */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ReadFault, ReadFaultCode } from '../read-error.ts';
import type { Place } from '../read-image.ts';
import { escaped } from './json-flaw.ts';

export interface SchemaCheck {
  accepts(value: unknown): boolean;
  /** Faults of a value that is not accepted; `place` is where the value stands. */
  faults(value: unknown, place: Place): ReadFault[];
}

export function schemaCheck(schema: TSchema): SchemaCheck {
  const compiled = Compile(schema);
  return {
    accepts: (value) => compiled.Check(value),
    faults: (value, place) => {
      const faults: ReadFault[] = [];
      const add = (code: ReadFaultCode, path: string, message: string): void => {
        faults.push({ code, message, ...place, pointer: (place.pointer ?? '') + path });
      };
      for (const error of compiled.Errors(value)) {
        const { instancePath } = error;
        switch (error.keyword) {
          case 'required':
            for (const name of error.params.requiredProperties) {
              add('FIELD_MISSING', `${instancePath}/${escaped(name)}`, `The field ${name} is required.`);
            }
            break;
          case 'additionalProperties':
            for (const name of error.params.additionalProperties) {
              add(
                'FIELD_UNKNOWN',
                `${instancePath}/${escaped(name)}`,
                `There is no field "${shortened(name)}" here.`,
              );
            }
            break;
          case 'boolean':
            break;
          default:
            // The alternatives of a union are told by the union.
            if (!error.schemaPath.includes('/anyOf/'))
              add('FIELD_INVALID', instancePath, sentence(error.message));
        }
      }
      return faults;
    },
  };
}

function sentence(message: string): string {
  return message.startsWith('must match a schema') ? 'None of the allowed values.' : `The value ${message}.`;
}

function shortened(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}
