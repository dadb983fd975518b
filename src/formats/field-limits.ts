/** The largest values of a tree image's fields, in whatever form it comes. */

/** The largest number that a column holds. Linux itself gives no pid above 4194304. */
export const LARGEST_NUMBER = 2 ** 31 - 1;
/** Wait statuses have 16 bits. */
export const LARGEST_EXIT_STATUS = 0xffff;
/** Names are for people; Linux keeps 15 bytes of them. */
export const LONGEST_COMM = 255;
export const MOST_LEVELS = 32;
export const LONGEST_NAMESPACE_ID = 64;
