/** Shapes of histories as properties draw them, but for the calls and the root. */

import fc from 'fast-check';

export const drawnShape = fc.record({
  seed: fc.nat(),
  alive: fc.integer({ min: 2, max: 60 }),
  churn: fc.integer({ min: 1, max: 12 }),
  siblings: fc.constantFrom(0, 0.15, 0.5),
  depth: fc.constantFrom(0, 0.3, 0.9, 1),
  lateSetsid: fc.constantFrom(0, 0.2, 0.7),
});
