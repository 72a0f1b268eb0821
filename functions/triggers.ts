import type { app } from '@azure/functions';

/** What a registration needs of the Functions app: passed in, so that another host or a test can pass its own. */
export type Triggers = Pick<typeof app, 'http' | 'timer' | 'serviceBusQueue'>;
