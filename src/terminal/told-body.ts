/** A body of a request that tells how much of it has been taken to be sent. */

const CHUNK = 64 * 1024;

/**
 * @param tell gets words and a share from 0 to 1
 * @returns what `fetch` has to be given beside method and headers
 */
export function toldBody(text: string, tell: (words: string, share: number) => void): RequestInit {
  const bytes = Buffer.from(text);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent < bytes.length) controller.enqueue(bytes.subarray(sent, sent + CHUNK));
        else controller.close();
        sent = Math.min(sent + CHUNK, bytes.length);
        tell(sent < bytes.length ? 'Sending' : 'Sent; waiting', sent / bytes.length);
      },
    },
    { highWaterMark: 0 },
  );
  return { body, duplex: 'half' };
}
