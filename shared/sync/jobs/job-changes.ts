import type { CrmChange, ExchangeChange } from '../../domain/change-message.ts';
import type { ChangeKey, CrmVersion, ItemId, RecordId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import { mailboxKeyOf, type ReconcileScope } from '../reconcile-types.ts';
import type { JobDeps } from './job-types.ts';

type Reason = 'created' | 'updated' | 'check';
type Sender = Pick<JobDeps, 'clock' | 'random'>;

/** A hop that no other message about the same has: duplicate detection must not take it for what was sent before. */
const common = ({ clock, random }: Sender) =>
  ({
    schema: 1,
    attempt: 1,
    hop: 1_000 + Math.floor(random.fraction() * 900_000),
    lagged: 0,
    seenAt: clock.now().toISOString(),
  }) as const;

/** News of a record, as the engine takes it. */
export const recordChange = (
  deps: Sender,
  scope: ReconcileScope,
  recordId: RecordId,
  reason: Reason,
  version?: CrmVersion,
): CrmChange => ({
  kind: 'crmChange',
  ...common(deps),
  organizationId: mailboxKeyOf(scope).organizationId,
  recordId,
  reason,
  ...(version === undefined ? {} : { version }),
});

/** News of an item, as the engine takes it. */
export const itemChange = (
  deps: Sender,
  scope: ReconcileScope,
  itemKind: ItemKind,
  itemId: ItemId,
  reason: Reason,
  changeKey?: ChangeKey,
): ExchangeChange => ({
  kind: 'exchangeChange',
  ...common(deps),
  ...mailboxKeyOf(scope),
  itemId,
  itemKind,
  reason,
  ...(changeKey === undefined ? {} : { changeKey }),
});
