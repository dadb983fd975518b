/** A body as text, piece by piece as it comes. Not every browser iterates a stream by itself. */

export async function* textOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    // Whoever has read enough wants no more of it; of a broken stream the reading has told.
    reader.cancel().catch(() => {});
  }
}
