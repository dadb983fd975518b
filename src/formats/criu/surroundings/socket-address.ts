/** Addresses of sockets as people write them: `127.0.0.1:80`, `[::1]:80`. */

/** @param bytes in network order, 4 or 16 of them */
export function socketAddress(bytes: Buffer, port: number): string {
  if (bytes.length === 4) return `${bytes.join('.')}:${port}`;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return `[${groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::')}]:${port}`;
}
