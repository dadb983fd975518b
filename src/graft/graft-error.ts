/** Why an image set cannot be grafted, or not be read or written. */
export class GraftError extends Error {}
