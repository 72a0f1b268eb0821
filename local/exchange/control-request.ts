import type { Controls } from './controls.ts';
import type { MailboxDirectory } from './mailbox-directory.ts';
import type { Store } from './store.ts';

export interface ControlRequest {
  method: string;
  /** Behind /control/, decoded. */
  segments: readonly string[];
  query: URLSearchParams;
  body: unknown;
}

export interface ControlAnswer {
  status: number;
  body?: unknown;
}

export interface ControlParts {
  directory: MailboxDirectory;
  store: Store;
  clock: () => Date;
  controls: Controls;
}
