/** The file beside rewritten images that says what has to be done afterwards; graft-schema.ts has its schema. */

/** The name of the file in the rewritten image directory. */
export const GRAFT_FILE = 'regraft-graft.json';
export const GRAFT_FORMAT = 1;
