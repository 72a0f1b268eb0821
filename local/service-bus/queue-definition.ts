import { readFileSync } from 'node:fs';
import { z } from 'zod';

const duration = z
  .string()
  .regex(/^P(?=.)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/, 'must be an ISO 8601 duration such as PT1M');

/** One queue in the words of the Bicep resource Microsoft.ServiceBus/namespaces/queues. */
export const QueueDefinition = z.object({
  name: z.string().min(1),
  lockDuration: duration,
  maxDeliveryCount: z.number().int().min(1),
  requiresDuplicateDetection: z.boolean(),
  duplicateDetectionHistoryTimeWindow: duration,
  defaultMessageTimeToLive: duration,
  deadLetteringOnMessageExpiration: z.boolean(),
});
export type QueueDefinition = z.infer<typeof QueueDefinition>;

/** What the queue logic needs; all times in milliseconds. */
export interface QueueSettings {
  name: string;
  lockDuration: number;
  /** A message that came back this often goes to the dead letters. Infinity in a dead-letter queue. */
  maxDeliveryCount: number;
  /** For how long a MessageId is remembered; 0 switches duplicate detection off. */
  duplicateWindow: number;
  /** Infinity in a dead-letter queue: its messages never expire. */
  timeToLive: number;
  deadLetterExpired: boolean;
}

/** The queues that Bicep deploys, so that both sides always have the same ones. */
export function readQueueDefinitions(
  file: URL | string = new URL('../../infra/queues.json', import.meta.url),
): QueueDefinition[] {
  return z.object({ queues: z.array(QueueDefinition) }).parse(JSON.parse(readFileSync(file, 'utf8'))).queues;
}

export function toQueueSettings(definition: QueueDefinition): QueueSettings {
  return {
    name: definition.name,
    lockDuration: milliseconds(definition.lockDuration),
    maxDeliveryCount: definition.maxDeliveryCount,
    duplicateWindow: definition.requiresDuplicateDetection
      ? milliseconds(definition.duplicateDetectionHistoryTimeWindow)
      : 0,
    timeToLive: milliseconds(definition.defaultMessageTimeToLive),
    deadLetterExpired: definition.deadLetteringOnMessageExpiration,
  };
}

function milliseconds(text: string): number {
  const [, days, hours, minutes, seconds] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text) ?? [];
  const wholeMinutes = (Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0);
  return wholeMinutes * 60_000 + Math.round(Number(seconds ?? 0) * 1000);
}
