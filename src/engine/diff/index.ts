export { type Comparison, compareWithImage } from './compare.ts';
export type {
  Difference,
  ExtraProcess,
  FieldDifference,
  FieldName,
  FieldValue,
  MissingProcess,
} from './difference.ts';
export { type VerificationFailure, verify } from './verify.ts';
export {
  type HangsElsewhere,
  type WorkingDiff,
  type WorkingHelper,
  workingDiff,
} from './working-diff.ts';
