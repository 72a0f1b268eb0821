import type { Log, LogFields } from '../../ports/log.ts';

type Write = (line: string) => void;

/** One line an entry: the sentence, then the fields as JSON. The Functions host carries the console on to its own log. */
export function consoleLog(write: { info: Write; warn: Write; error: Write } = console): Log {
  return {
    info: (fields, text) => write.info(lineOf(fields, text)),
    warn: (fields, text) => write.warn(lineOf(fields, text)),
    error: (fields, text, cause) => write.error(lineOf({ ...fields, ...causeFields(cause) }, text)),
  };
}

const lineOf = (fields: LogFields, text: string): string => `${text} ${JSON.stringify(fields)}`;

/** Where an unexpected error came from, without its message: messages of libraries quote what they were given. */
function causeFields(cause: unknown): LogFields {
  if (!(cause instanceof Error)) return {};
  const frames = (cause.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return {
    error: cause.name,
    at: frames
      .slice(0, 6)
      .map((line) => line.trim())
      .join(' | '),
  };
}
