import { z } from 'zod';

/** What is synchronised for a mailbox; each has its own switch and its own status. */
export const Process = z.enum(['incomingEmail', 'outgoingEmail', 'appointments', 'tasks', 'contacts']);
export type Process = z.infer<typeof Process>;
