import type { Failure } from '../domain/failure.ts';
import type { OrganizationId } from '../domain/ids.ts';

/** What could not be applied, until it is replayed or dismissed. */
export interface FailureStore {
  /** Upserts by the failure's id: reported twice, it is one row. */
  report(failure: Failure): Promise<void>;
  find(organization: OrganizationId | undefined, id: string): Promise<Failure | undefined>;
  /** Newest first, at most `limit`. Without an organization: those whose message named none. */
  list(organization: OrganizationId | undefined, limit: number): Promise<Failure[]>;
  /** Removing what is gone does nothing. */
  remove(organization: OrganizationId | undefined, id: string): Promise<void>;
}
