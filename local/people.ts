import crmUsers from './crm/users.json' with { type: 'json' };
import mailboxes from './exchange/mailboxes.json' with { type: 'json' };

export interface Person {
  readonly user: string;
  readonly address: string;
  readonly name: string;
}

/** Further people beside the demo's, for load: user001, user002 … Each has a mailbox, is a CRM user, and is enrolled. */
export function furtherPeople(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => {
    const user = `user${`${index + 1}`.padStart(3, '0')}`;
    return { user, address: `${user}@contoso.example`, name: `User ${index + 1}` };
  });
}

/** The simulator's mailboxes file with these people in it; the service accounts may act for them. */
export function mailboxesWith(people: readonly Person[]) {
  const addresses = people.map(({ address }) => address);
  const mayAct = <T extends { mayImpersonate: string[] }>(account: T): T => ({
    ...account,
    mayImpersonate: [...account.mayImpersonate, ...addresses],
  });
  return {
    mailboxes: [
      ...mailboxes.mailboxes,
      ...people.map(({ address, name }) => ({ address, name, password: 'local-only' })),
    ],
    serviceAccounts: mailboxes.serviceAccounts.map(mayAct),
    applications: mailboxes.applications.map(mayAct),
  };
}

/** The demo CRM's users with these people among them. */
export function crmUsersWith(people: readonly Person[]) {
  return [...crmUsers, ...people.map(({ user, name, address }) => ({ id: user, name, email: address, active: true }))];
}
