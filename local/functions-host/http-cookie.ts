import type { RpcHttpCookie } from './core-types.ts';

const sameSiteNames: Partial<Record<NonNullable<RpcHttpCookie['sameSite']>, string>> = {
  lax: 'Lax',
  strict: 'Strict',
  explicitNone: 'None',
};

/** The value of one Set-Cookie header (RFC 6265 §4.1). */
export const formatCookie = (cookie: RpcHttpCookie): string => {
  const parts = [`${cookie.name ?? ''}=${encodeURIComponent(cookie.value ?? '')}`];
  const seconds = cookie.expires?.value?.seconds;
  if (seconds !== undefined) parts.push(`Expires=${new Date(seconds * 1000).toUTCString()}`);
  if (cookie.maxAge?.value !== undefined) parts.push(`Max-Age=${cookie.maxAge.value}`);
  if (cookie.domain?.value) parts.push(`Domain=${cookie.domain.value}`);
  if (cookie.path?.value) parts.push(`Path=${cookie.path.value}`);
  if (cookie.secure?.value) parts.push('Secure');
  if (cookie.httpOnly?.value) parts.push('HttpOnly');
  const sameSite = cookie.sameSite && sameSiteNames[cookie.sameSite];
  if (sameSite) parts.push(`SameSite=${sameSite}`);
  return parts.join('; ');
};
