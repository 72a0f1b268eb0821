import type { MailboxDirectory } from './mailbox-directory.ts';
import type { OpenItem } from './request-context.ts';
import type { XmlElement } from './xml.ts';

/** What the server reckons as the value of a property; undefined leaves it to what is kept. */
export type Compute = (open: OpenItem, directory: MailboxDirectory) => string | XmlElement | undefined;
