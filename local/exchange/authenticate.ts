import { randomBytes } from 'node:crypto';
import { EwsFault } from './ews-error.ts';
import { findMailbox, type MailboxDirectory, type MailboxEntry, sameAddress } from './mailbox-directory.ts';
import { childOf, type XmlElement } from './xml.ts';

/** Who signed in: a mailbox's user, a service account, or an application with a token. */
export interface Account {
  kind: 'user' | 'service' | 'application';
  name: string;
  mayImpersonate: readonly string[];
}

export interface Authentication {
  /** The account behind an Authorization header, or undefined: answer 401. */
  signIn(authorization: string | undefined): Account | undefined;
  /** A bearer token for the client-credentials grant, or undefined when id or secret is wrong. */
  issueToken(clientId: string, clientSecret: string): { token: string; expiresInSeconds: number } | undefined;
}

const tokenLifeSeconds = 3600;

/** Basic with a mailbox's or a service account's password, and Bearer with the tokens issued here (kept in memory only). */
export function localAuthentication(directory: MailboxDirectory, clock: () => Date): Authentication {
  const tokens = new Map<string, { account: Account; expiresAt: number }>();

  const basic = (user: string, password: string): Account | undefined => {
    // Exchange takes DOMAIN\user as well as the address; the part before @ is the user.
    const name = user.includes('\\') ? `${user.slice(user.indexOf('\\') + 1)}@` : user;
    const matches = (address: string) =>
      name.endsWith('@') ? address.toLowerCase().startsWith(name.toLowerCase()) : sameAddress(address, name);
    const service = directory.serviceAccounts.find(
      (account) => matches(account.address) && account.password === password,
    );
    if (service) return { kind: 'service', name: service.address, mayImpersonate: service.mayImpersonate };
    const mailbox = directory.mailboxes.find((entry) => matches(entry.address) && entry.password === password);
    return mailbox && { kind: 'user', name: mailbox.address, mayImpersonate: [] };
  };

  return {
    signIn(authorization) {
      const [, scheme = '', value = ''] = /^(\w+)\s+(.+)$/.exec(authorization ?? '') ?? [];
      if (scheme.toLowerCase() === 'basic') {
        const text = Buffer.from(value, 'base64').toString('utf8');
        const colon = text.indexOf(':');
        return colon < 0 ? undefined : basic(text.slice(0, colon), text.slice(colon + 1));
      }
      const issued = scheme.toLowerCase() === 'bearer' ? tokens.get(value) : undefined;
      return issued && issued.expiresAt > clock().getTime() ? issued.account : undefined;
    },
    issueToken(clientId, clientSecret) {
      const application = directory.applications.find(
        (one) => one.clientId === clientId && one.clientSecret === clientSecret,
      );
      if (!application) return undefined;
      const part = () => randomBytes(24).toString('base64url');
      const token = `${part()}.${part()}.${part()}`;
      tokens.set(token, {
        account: { kind: 'application', name: application.clientId, mayImpersonate: application.mayImpersonate },
        expiresAt: clock().getTime() + tokenLifeSeconds * 1000,
      });
      return { token, expiresInSeconds: tokenLifeSeconds };
    },
  };
}

/**
 * The mailbox a request acts on: the one of the ExchangeImpersonation header, else the account's own (a service account
 * has none). @throws EwsFault as Exchange does when the mailbox does not exist or may not be impersonated.
 */
export function actingMailbox(
  directory: MailboxDirectory,
  account: Account,
  header: XmlElement | undefined,
): MailboxEntry | undefined {
  const sid = childOf(childOf(header, 't:ExchangeImpersonation'), 't:ConnectingSID');
  if (!sid) {
    if (account.kind === 'application') {
      throw new EwsFault(
        'ErrorInvalidExchangeImpersonationHeaderData',
        'ExchangeImpersonation SOAP header must be present for this type of OAuth token.',
      );
    }
    return findMailbox(directory, account.name);
  }
  const address = sid.children
    .find((child) => /^t:(SmtpAddress|PrimarySmtpAddress|PrincipalName)$/.test(child.name))
    ?.text.trim();
  if (!address) {
    throw new EwsFault('ErrorInvalidExchangeImpersonationHeaderData', 'The impersonation principal name is invalid.');
  }
  const mailbox = findMailbox(directory, address);
  if (!mailbox) {
    throw new EwsFault('ErrorNonExistentMailbox', 'The SMTP address has no mailbox associated with it.', {
      SmtpAddress: address,
    });
  }
  if (!account.mayImpersonate.some((allowed) => sameAddress(allowed, address))) {
    throw new EwsFault(
      'ErrorImpersonateUserDenied',
      'The account does not have permission to impersonate the requested user.',
    );
  }
  return mailbox;
}
