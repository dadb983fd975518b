/**
 * What a schema says about a value that it refuses, as faults with JSON pointers.
 *
 * A refused value has at least one fault and at most some hundred. Unknown fields are looked for here: the library
 * reports a few faults only, one for each unknown field before the one that names them all; where there are more than a
 * few of them, nothing else is told.
 */
import { IsArray, type TObject } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { FaultList } from '../../engine/tree/tree-fault.ts';
import type { ReadFault, ReadFaultCode } from '../read-error.ts';
import type { Place } from '../read-image.ts';
import { escaped } from './json-flaw.ts';

export interface SchemaCheck {
  accepts(value: unknown): boolean;
  /** Faults of a value that is not accepted; `place` is where the value stands. */
  faults(value: unknown, place: Place): ReadFault[];
}

type Add = (code: ReadFaultCode, path: string, message: string) => void;

export function schemaCheck(schema: TObject): SchemaCheck {
  let made: ReturnType<typeof Compile> | undefined;
  // At its first use: of a server's hundred schemas a start needs a few.
  const compiled = () => {
    made ??= Compile(schema);
    return made;
  };
  const lists = listFields(schema);
  return {
    accepts: (value) => compiled().Check(value),
    faults: (value, place) => {
      const faults: ReadFault[] = [];
      const add: Add = (code, path, message) => {
        faults.push({ code, message, ...place, pointer: (place.pointer ?? '') + path });
      };
      const unknown = unknownFields(schema, value);
      for (const name of unknown) addUnknown(add, name, '');
      // The library tells so few faults that many unknown fields would hide all others.
      if (unknown.length > FEW) return faults;
      for (const list of lists) addFaultsOfLong(add, list, value);
      if (faults.length > unknown.length) return faults.slice(0, FaultList.KEPT);
      addErrors(add, compiled(), value, '', new Set(unknown.map((name) => `/${escaped(name)}`)));
      if (faults.length === 0) add('FIELD_INVALID', '', 'The value is not what belongs here.');
      return faults.slice(0, FaultList.KEPT);
    },
  };
}

/** @param told paths of unknown fields that are told already */
function addErrors(
  add: Add,
  compiled: Validator,
  value: unknown,
  path: string,
  told: ReadonlySet<string> = new Set(),
): void {
  for (const error of compiled.Errors(value)) {
    const at = path + error.instancePath;
    switch (error.keyword) {
      case 'required':
        for (const name of error.params.requiredProperties) {
          add('FIELD_MISSING', `${at}/${escaped(name)}`, `The field ${name} is required.`);
        }
        break;
      case 'additionalProperties':
        for (const name of error.params.additionalProperties) {
          if (!told.has(`${at}/${escaped(name)}`)) addUnknown(add, name, at);
        }
        break;
      case 'boolean':
        break;
      case 'enum':
        add('FIELD_INVALID', at, oneOf(error.params.allowedValues));
        break;
      default:
        // The alternatives of a union are told by the union.
        if (!error.schemaPath.includes('/anyOf/')) add('FIELD_INVALID', at, sentence(error.message));
    }
  }
}

/** A name that is too long to be one is pointed to by its object: an answer is not as long as what it refuses. */
function addUnknown(add: Add, name: string, path: string): void {
  const pointer = name.length > LONGEST_NAME ? path : `${path}/${escaped(name)}`;
  add('FIELD_UNKNOWN', pointer, `There is no field "${shortened(name)}" here.`);
}

interface ListField {
  readonly name: string;
  readonly mostItems: number;
  readonly item: Validator;
}

function listFields({ properties }: TObject): ListField[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    if (!IsArray(field)) return [];
    const mostItems = 'maxItems' in field ? Number(field.maxItems) : Number.POSITIVE_INFINITY;
    return [{ name, mostItems, item: Compile(field.items) }];
  });
}

/** The library takes a microsecond and more for each item of a list that it tells faults of. */
const LONG = 1000;
const FEW = 3;

/** Faults of the list and its items, where it is long: as many as are told. */
function addFaultsOfLong(add: Add, { name, mostItems, item }: ListField, value: unknown): void {
  const list = (value as Record<string, unknown> | null)?.[name];
  if (!Array.isArray(list) || list.length <= LONG) return;
  if (list.length > mostItems) {
    add('FIELD_INVALID', `/${name}`, sentence(`must not have more than ${mostItems} items`));
  }
  let refused = 0;
  for (let at = 0; at < list.length && refused < FaultList.KEPT; at++) {
    if (item.Check(list[at])) continue;
    refused++;
    addErrors(add, item, list[at], `/${name}/${at}`);
  }
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

function oneOf(values: readonly unknown[]): string {
  return `The value must be one of ${values.map((value) => JSON.stringify(value)).join(', ')}.`;
}

function sentence(message: string): string {
  return message.startsWith('must match a schema') ? 'None of the allowed values.' : `The value ${message}.`;
}

const LONGEST_NAME = 64;

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}
