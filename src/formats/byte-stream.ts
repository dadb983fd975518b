/** Uploads as they arrive: chunks of bytes, read once. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** The stream with its first bytes: at least `wanted` of them, unless it ends before. `rest` comes after them. */
export async function withHead(
  source: ByteStream,
  wanted: number,
): Promise<{ head: Uint8Array; stream: ByteStream; rest: ByteStream }> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < wanted) {
    const { done, value } = await iterator.next();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  const head = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  return { head, stream: resumed(head, iterator), rest: resumed(null, iterator) };
}

async function* resumed(head: Uint8Array | null, iterator: AsyncIterator<Uint8Array>): ByteStream {
  try {
    if (head) yield head;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** A head and what comes behind it as one stream. */
export async function* joined(head: Uint8Array, rest: ByteStream | null): ByteStream {
  yield head;
  if (rest) yield* rest;
}

/** The whole stream, refused by `tooLong` as soon as it is longer than `limit`. */
export async function collected(
  source: ByteStream,
  limit: number,
  tooLong: () => Error,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > limit) throw tooLong();
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}
