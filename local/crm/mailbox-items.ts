import { z } from 'zod';

/** An item as the simulator's control API shows it. */
const Shown = z.looseObject({ id: z.string(), kind: z.string(), folder: z.string() });
const Named = z.record(z.string(), z.string()).default({});
const ShownContact = Shown.extend({ companyName: z.string().default(''), emails: Named, phones: Named });
const ShownSeries = Shown.extend({ recurrence: z.looseObject({}) });
const Occurrence = z.looseObject({ index: z.number() });

/** What lies in the folders that are synchronised, each as the page draws it; `path` is where it is edited, encoded. */
export interface MailboxItems {
  readonly items: readonly object[];
  readonly tasks: readonly object[];
  readonly contacts: readonly object[];
}

const days = 86_400_000;

/** The window that is synchronised by default. */
const span = (now: number) => ({
  from: new Date(now - 2 * days).toISOString(),
  to: new Date(now + 90 * days).toISOString(),
});

function contactOf(item: z.infer<typeof Shown>) {
  const { companyName, emails, phones, ...contact } = ShownContact.parse(item);
  return {
    ...contact,
    company: companyName,
    emails: Object.values(emails),
    phones: { business: phones['BusinessPhone'], mobile: phones['MobilePhone'], home: phones['HomePhone'] },
  };
}

/**
 * Sorts what the simulator lists. A CRM that knows no series has activities for single occurrences: then a series is
 * replaced by its occurrences, which `read` gets.
 * @throws ZodError when the simulator answers something else than items.
 */
export async function mailboxItems(
  answer: unknown,
  { now, occurrences, read }: { now: number; occurrences: boolean; read: (path: string) => Promise<unknown> },
): Promise<MailboxItems> {
  const all = z.array(Shown).parse(answer);
  const of = (folder: string, kind: string) =>
    all
      .filter((item) => item.folder === folder && item.kind === kind)
      .map((item) => ({ ...item, path: encodeURIComponent(item.id) }));

  async function expand(item: z.infer<typeof Shown>): Promise<object[]> {
    if (!occurrences || !ShownSeries.safeParse(item).success) return [item];
    const path = `${encodeURIComponent(item.id)}/occurrences`;
    const found = z.array(Occurrence).parse(await read(`${path}?${new URLSearchParams(span(now))}`));
    return found.map((one) => ({ ...one, id: `${item.id} ${one.index}`, path: `${path}/${one.index}` }));
  }

  return {
    items: (await Promise.all(of('calendar', 'CalendarItem').map(expand))).flat(),
    tasks: of('tasks', 'Task'),
    contacts: of('contacts', 'Contact').map(contactOf),
  };
}
