import type { HttpRequest } from '@azure/functions';

/** The raw body, or undefined when it is larger: told by its stated length before it is read, and counted while it is. */
export async function readAtMost(request: HttpRequest, bytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > bytes) return undefined;
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body) {
    length += part.byteLength;
    if (length > bytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
