import type { AmqpFault } from './rhea-internals.ts';

/** The errors of Service Bus by their AMQP conditions; @azure/service-bus turns these into its error codes. */
export const faults = {
  lockLost: {
    condition: 'com.microsoft:message-lock-lost',
    description:
      'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
  },
  tooLarge: (bytes: number, limit: number): AmqpFault => ({
    condition: 'amqp:link:message-size-exceeded',
    description: `The received message (size: ${bytes}) exceeds the limit (${limit} bytes) currently allowed on the link.`,
  }),
  entityNotFound: (address: string): AmqpFault => ({
    condition: 'amqp:not-found',
    description: `The messaging entity '${address}' could not be found.`,
  }),
  messageNotFound: {
    condition: 'com.microsoft:message-not-found',
    description: 'No scheduled message has one of these sequence numbers; nothing was cancelled.',
  },
  unreadable: (error: unknown): AmqpFault => ({
    condition: 'amqp:decode-error',
    description: `The message cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  }),
  notOffered: (what: string): AmqpFault => ({
    condition: 'amqp:not-implemented',
    description: `The local Service Bus broker does not offer ${what}.`,
  }),
} satisfies Record<string, AmqpFault | ((...details: never[]) => AmqpFault)>;
