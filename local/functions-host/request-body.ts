import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';

/** Azure's host refuses larger bodies (FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, 100 MB by default). In bytes. */
export const largestBody = 104_857_600;

/** The caller gets 413 for it. */
export class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
}

const iterate = (request: IncomingMessage): AsyncIterable<Buffer> =>
  // Leaving a plain loop over a request would destroy its socket, and with it the answer.
  request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

/** All bytes of the body as they came; undefined where there is none. */
export const readBody = async (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of iterate(request)) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
    // Most clients look for an answer only after they have sent everything: what is too much is read and dropped.
    if (length > 3 * limit) break;
  }
  if (length > limit) throw new BodyTooLargeError(`The body is larger than ${limit} bytes.`);
  return length === 0 ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length);
};

/** Lets `limit` bytes through and calls `onExceeded` at the first one beyond; the rest is read and dropped. */
export const limitBody = (limit: number, onExceeded: () => void): Transform => {
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const before = length;
      length += chunk.length;
      if (length <= limit) return done(null, chunk);
      if (before <= limit) onExceeded();
      return done();
    },
  });
};
