import { z } from 'zod';
import type { ExplainDeps } from '../shared/admin/explain/explain-deps.ts';
import { explainItem } from '../shared/admin/explain/explain-item.ts';
import { explainRecord } from '../shared/admin/explain/explain-record.ts';
import { type UndoDeps, undoEntry, undoMailbox, undoRecord } from '../shared/admin/start-undo.ts';
import { ItemId, MailboxId, RecordId } from '../shared/domain/ids.ts';
import { ItemKind } from '../shared/domain/item.ts';
import { type AdminCall, adminRoute, json, notFound, readBody } from './admin-route.ts';
import { Malformed } from './malformed.ts';
import { problem } from './problem.ts';
import type { Triggers } from './triggers.ts';

/** Who asked, until people sign in: an id, never an address. */
const admin = 'admin';

const JournalQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  before: z.string().max(300).optional(),
  record: RecordId.optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
});
const UndoBody = z.union([
  z.strictObject({ entry: z.string().min(1).max(128) }),
  z.strictObject({ record: RecordId }),
  z.strictObject({ since: z.iso.datetime(), until: z.iso.datetime().optional() }),
]);
const ExplainQuery = z.union([
  z.object({ record: RecordId }),
  z.object({ mailbox: MailboxId, item: ItemId, kind: ItemKind.optional() }),
]);

/** What was written and why, taking it back, and why something is as it is. */
export function registerAdminJournal(app: Triggers, deps: UndoDeps & ExplainDeps): void {
  adminRoute(app, 'journal', ['GET'], '/mailboxes/{id}/journal', async (call) => {
    const key = keyOf(call);
    if (key === undefined) return notFound('mailbox');
    const { record, before, since, until, limit } = readQuery(call, JournalQuery);
    const query = {
      ...(record === undefined ? {} : { recordId: record }),
      ...(before === undefined ? {} : { before }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    };
    return json(await deps.journal.list(key, { limit, ...query }));
  });
  adminRoute(app, 'undo', ['POST'], '/mailboxes/{id}/undo', async (call) => {
    const key = keyOf(call);
    if (key === undefined || (await deps.directory.findMailbox(call.organization, key.mailboxId)) === undefined)
      return notFound('mailbox');
    const wanted = await readBody(call.request, UndoBody, {});
    const started =
      'entry' in wanted
        ? await undoEntry(deps, key, admin, wanted.entry)
        : 'record' in wanted
          ? await undoRecord(deps, key, admin, wanted.record)
          : await undoMailbox(deps, key, admin, {
              since: wanted.since,
              ...(wanted.until === undefined ? {} : { until: wanted.until }),
            });
    if (started === undefined) return notFound('journal entry');
    const { id, state } = started.job;
    if (started.outcome === 'running')
      return problem(409, 'Something else is being taken back in this mailbox', { detail: `See job ${id}.` });
    return json({ job: id, state }, 202);
  });
  adminRoute(app, 'undo-left', ['GET'], '/mailboxes/{id}/undo/{job}', async (call) => {
    const key = keyOf(call);
    const job = key && (await deps.jobs.find(key, call.request.params['job'] ?? ''));
    if (key === undefined || job?.value.kind !== 'undo') return notFound('undo');
    const left: unknown[] = [];
    for await (const part of deps.jobs.readParts(key, job.value.id)) left.push(...(JSON.parse(part) as unknown[]));
    const { id, state, counts, text } = job.value;
    return json({ job: id, state, counts, text, left });
  });
  adminRoute(app, 'explain', ['GET'], '/explain', async (call) => {
    const asked = readQuery(call, ExplainQuery);
    if ('record' in asked) return json(await explainRecord(deps, call.organization, asked.record));
    const mailbox = { organizationId: call.organization, mailboxId: asked.mailbox };
    return json(await explainItem(deps, mailbox, asked.item, asked.kind));
  });
}

function keyOf({ request, organization }: AdminCall) {
  const id = MailboxId.safeParse(request.params['id']);
  return id.success ? { organizationId: organization, mailboxId: id.data } : undefined;
}

function readQuery<T extends z.ZodType>({ request }: AdminCall, schema: T): z.infer<T> {
  const parsed = schema.safeParse(Object.fromEntries(request.query.entries()));
  if (parsed.success) return parsed.data;
  throw new Malformed(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}
