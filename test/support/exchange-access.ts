import { EmailServerProfile } from '../../shared/domain/email-server-profile.ts';
import { Mailbox } from '../../shared/domain/mailbox.ts';
import type { MailboxAccess } from '../../shared/ports/exchange-gateway.ts';

/** A mailbox and its profile with everything at its default, for tests that talk to an Exchange. */
export function exchangeAccess(
  settings: { address?: string; profile?: Record<string, unknown>; mailbox?: Record<string, unknown> } = {},
): MailboxAccess {
  const address = settings.address ?? 'rep1@contoso.example';
  return {
    mailbox: Mailbox.parse({
      id: `mailbox-${address.split('@')[0]}`,
      organizationId: 'contoso',
      profileId: 'main',
      address,
      approval: 'approved',
      ...settings.mailbox,
    }),
    profile: EmailServerProfile.parse({
      id: 'main',
      organizationId: 'contoso',
      name: 'Main',
      type: 'exchangeOnPremises',
      authentication: { kind: 'basic', userName: 'sync@contoso.example', secretName: 'exchange-password' },
      ...settings.profile,
    }),
  };
}
