import type { InvocationContext } from '@azure/functions';

/** The message id of a Service Bus trigger. The library parses what looks like a number, so it is made text again. */
export const messageIdOfTrigger = ({ triggerMetadata }: InvocationContext): string =>
  String(triggerMetadata?.['messageId'] ?? 'unknown');
