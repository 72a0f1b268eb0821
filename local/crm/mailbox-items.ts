import { z } from 'zod';

const Element: z.ZodType<XmlElement> = z.lazy(() =>
  z.object({
    text: z.string().default(''),
    attributes: z.record(z.string(), z.string()).default({}),
    children: z.array(Element).default([]),
  }),
);
interface XmlElement {
  readonly text: string;
  readonly attributes: Record<string, string>;
  readonly children: readonly XmlElement[];
}

/** An item as the simulator's control API shows it: appointments by fields, others by their properties in EWS. */
const Shown = z.looseObject({
  kind: z.string(),
  folder: z.string(),
  properties: z.record(z.string(), Element).default({}),
});

/** What lies in the folders that are synchronised, each as the page draws it. */
export interface MailboxItems {
  readonly items: readonly object[];
  readonly tasks: readonly object[];
  readonly contacts: readonly object[];
}

function taskOf({ properties, ...item }: z.infer<typeof Shown>) {
  const dueDate = properties['DueDate']?.text.slice(0, 10);
  return { ...item, dueDate, complete: properties['Status']?.text === 'Completed' };
}

function contactOf({ properties, ...item }: z.infer<typeof Shown>) {
  const text = (name: string) => properties[name]?.text ?? '';
  const entries = (name: string) => (properties[name]?.children ?? []).map(({ text: value }) => value).filter(Boolean);
  return {
    ...item,
    givenName: text('GivenName'),
    surname: text('Surname'),
    displayName: text('DisplayName') || text('FileAs'),
    company: text('CompanyName'),
    jobTitle: text('JobTitle'),
    emails: entries('EmailAddresses'),
    phones: entries('PhoneNumbers'),
  };
}

/** @throws ZodError when the simulator answers something else than items. */
export function mailboxItems(answer: unknown): MailboxItems {
  const all = z.array(Shown).parse(answer);
  const of = (folder: string, kind: string) => all.filter((item) => item.folder === folder && item.kind === kind);
  return {
    items: of('calendar', 'CalendarItem'),
    tasks: of('tasks', 'Task').map(taskOf),
    contacts: of('contacts', 'Contact').map(contactOf),
  };
}
