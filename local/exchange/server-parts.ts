import type { Authentication } from './authenticate.ts';
import type { Controls } from './controls.ts';
import type { MailboxDirectory } from './mailbox-directory.ts';
import type { Store } from './store.ts';

/** What the HTTP side works with. */
export interface ServerParts {
  directory: MailboxDirectory;
  store: Store;
  authentication: Authentication;
  clock: () => Date;
  controls: Controls;
}
