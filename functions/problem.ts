import type { HttpResponseInit } from '@azure/functions';

/** An answer by RFC 9457: what went wrong, to which field, and what to do. */
export function problem(
  status: number,
  title: string,
  more: {
    readonly detail?: string;
    readonly errors?: readonly { readonly path: string; readonly message: string }[];
  } = {},
): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({ type: 'about:blank', title, status, ...more }),
  };
}
