/** Values that may be logged: ids, codes, counts. Never subjects, bodies, addresses or secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Fields first, then one plain sentence. */
export interface Log {
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string, cause?: unknown): void;
}
