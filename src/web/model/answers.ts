/** The answers of the API that the page shows, by the names it uses for them. */

import type { components } from '../../client/index.ts';

type Schemas = components['schemas'];

export type TreeImage = Schemas['TreeImage'];
export type ReadyPlan = Extract<Schemas['Plan'], { status: 'ready' }>;
export type Timeline = Schemas['Timeline'];
export type TimelineEvent = Timeline['events'][number];
export type Step = TimelineEvent['step'];
export type Effect = Schemas['Effect'];
export type Diagnostic = ReadyPlan['diagnostics'][number];
export type Births = Schemas['Births'];
export type BirthAnalysis = Schemas['BirthAnalysis'];
export type Explanation = Schemas['Explanation'];
export type Graft = Schemas['Graft'];
export type Restorer = Schemas['Restorer'];
export type Scripts = Schemas['Scripts'];
