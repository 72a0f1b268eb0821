import { z } from 'zod';
import { CommunityId, CrmConnectionId, OrganizationId, ProfileId } from './ids.ts';

/** The name of a secret in the vault; the secret itself is never in a row, a message or a log. */
export const SecretName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,127}$/, 'letters, digits and dashes, as Key Vault allows')
  .brand<'SecretName'>();
export type SecretName = z.infer<typeof SecretName>;

/** One customer company: the tenant wall. Every key starts with its id. */
export const Organization = z.object({
  id: OrganizationId,
  name: z.string().min(1).max(200),
  state: z.enum(['active', 'suspended']).default('active'),
  /** The key under which field fingerprints are made. */
  fingerprintSecretName: SecretName,
});
export type Organization = z.infer<typeof Organization>;

/** A part of an organization (a location); may have its own profile, else the organization's default counts. */
export const Community = z.object({
  id: CommunityId,
  organizationId: OrganizationId,
  name: z.string().min(1).max(200),
  profileId: ProfileId.optional(),
});
export type Community = z.infer<typeof Community>;

/** How an organization's CRM is reached, and how its webhooks are proven. */
export const CrmConnection = z.object({
  id: CrmConnectionId,
  organizationId: OrganizationId,
  name: z.string().min(1).max(200),
  /** Root of the CRM's connector API, for example https://crm.example/connector/v1 */
  baseUrl: z.url(),
  /** The bearer token we present to the CRM. */
  tokenSecretName: SecretName,
  /** One secret, or two while one replaces the other; each is a Standard Webhooks secret (whsec_…). */
  webhookSecretNames: z.array(SecretName).min(1).max(2),
  enabled: z.boolean().default(true),
  /** True when the change feed lists changes in the order they were committed; else the poller re-reads an overlap. */
  commitOrderedFeed: z.boolean().default(false),
});
export type CrmConnection = z.infer<typeof CrmConnection>;
