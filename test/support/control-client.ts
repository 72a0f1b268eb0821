/** Calls the control API of the Exchange simulator. */
export function controlClient(exchangeUrl: string) {
  const base = new URL('/control/', exchangeUrl);
  return async <Answer = unknown>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Answer }> => {
    const response = await fetch(new URL(path, base), {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Answer };
  };
}
