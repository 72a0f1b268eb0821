/** Facts beside a statement: ids, codes, versions, times; never contents or addresses. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * One thing that is so, in a plain sentence, with a code that stays. `stops`: while it is so, nothing is synced here; what follows
 * may be right and still not happen.
 */
export interface Statement {
  readonly code: string;
  readonly text: string;
  readonly stops?: true;
  readonly facts?: Facts;
}

export const says = (code: string, text: string, facts?: Facts): Statement => ({
  code,
  text,
  ...(facts === undefined ? {} : { facts }),
});

export const stops = (code: string, text: string, facts?: Facts): Statement => ({
  ...says(code, text, facts),
  stops: true,
});
