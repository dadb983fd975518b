/** What a reader may be made to hold. Every count, size and depth of an upload is compared before it is believed. */
export interface ReadLimits {
  /** Bytes after decompression: of a whole archive, or of a JSON text. */
  readonly maxDecodedBytes: number;
  /** Members of an archive, wanted or not. */
  readonly maxEntries: number;
  /** Bytes of one wanted member of an archive, or of one NDJSON line. */
  readonly maxEntryBytes: number;
  readonly maxProcesses: number;
  /** Thread ids of all processes together. */
  readonly maxThreads: number;
  /** Nesting of JSON text. A tree image needs 4. */
  readonly maxDepth: number;
}

export const DEFAULT_READ_LIMITS: ReadLimits = {
  maxDecodedBytes: 2 ** 30,
  maxEntries: 500_000,
  maxEntryBytes: 256 * 2 ** 20,
  maxProcesses: 4_194_304,
  maxThreads: 4_194_304,
  maxDepth: 64,
};
