import type { LogSink } from './host-log.ts';

export interface ErrorReporter {
  report(error: unknown, consequence: string): void;
  recovered(): void;
}

/** One log line for each kind of trouble until messages flow again: a broker that is away fails many times a second. */
export const createErrorReporter = (functionName: string, queueName: string, log: LogSink): ErrorReporter => {
  const reported = new Set<string>();
  return {
    report: (error, consequence) => {
      const { code, name, message } = error as { code?: string; name?: string; message?: string };
      const kind = `${code ?? name} ${consequence}`;
      if (reported.has(kind)) return;
      reported.add(kind);
      log({
        level: 'warning',
        category: 'system',
        functionName,
        message: `queue ${queueName}: ${consequence}: ${code ?? name}: ${message}`,
      });
    },
    recovered: () => {
      if (reported.size > 0) reported.clear();
    },
  };
};
