import type { LogCategory, LogLevel } from './core-types.ts';

export interface LogEntry {
  level: LogLevel;
  category: LogCategory;
  message: string;
  /** Absent where the host itself speaks. */
  functionName?: string;
  invocationId?: string;
}

export type LogSink = (entry: LogEntry) => void;

const severity: Record<LogLevel, number> = {
  trace: 0,
  debug: 1,
  information: 2,
  warning: 3,
  error: 4,
  critical: 5,
  none: 6,
};

const shortNames: Partial<Record<LogLevel, string>> = { information: 'info', warning: 'warn' };

/** "[info] name: message" on one line; line breaks of a stack become " | ". */
export const formatLogLine = ({ level, functionName, message }: LogEntry): string =>
  `[${shortNames[level] ?? level}] ${functionName ?? 'host'}: ${message.trim().replace(/\s*\r?\n\s*/g, ' | ')}`;

export const writeLogLine: LogSink = (entry) => {
  process.stdout.write(`${formatLogLine(entry)}\n`);
};

/**
 * The level from which a function's entries are shown, as host.json's `logging.logLevel` gives it: `Function.NAME`,
 * else `Function`, else `default`, else information.
 */
export const minimumLevel = (levels: Record<string, string>, functionName: string | undefined): LogLevel => {
  const candidates = functionName ? [`Function.${functionName}`, 'Function', 'default'] : ['default'];
  const found = candidates.map((name) => levels[name]?.toLowerCase()).find((level) => level !== undefined);
  return found !== undefined && found in severity ? (found as LogLevel) : 'information';
};

/** Passes on what is at least as severe as host.json asks for. */
export const filteredSink = (sink: LogSink, levels: Record<string, string>): LogSink => {
  const minimums = new Map<string | undefined, number>();
  return (entry) => {
    let minimum = minimums.get(entry.functionName);
    if (minimum === undefined) {
      minimum = severity[minimumLevel(levels, entry.functionName)];
      minimums.set(entry.functionName, minimum);
    }
    if (severity[entry.level] >= minimum) sink(entry);
  };
};
