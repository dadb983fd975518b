/** What stands in the columns of a plan's history where there is no step, or no process. */

export const NEVER = -1;
export const NOBODY = -1;
