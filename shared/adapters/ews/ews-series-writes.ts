import type { Appointment, AppointmentDraft, AppointmentPatch } from '../../domain/appointment.ts';
import { canonicalLine } from '../../domain/canonical-text.ts';
import type { ItemRef, Notify } from '../../domain/item.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Series } from '../../domain/recurrence.ts';
import { SyncError, toSyncError } from '../../domain/sync-error.ts';
import { canonicalZone } from '../../domain/time-zone.ts';
import type { Log } from '../../ports/log.ts';
import { toEwsSyncError } from './ews-errors.ts';
import { changeKeyOf, changeOccurrences, deleteOccurrences } from './ews-occurrence-writes.ts';
import { readAppointments } from './ews-series-reads.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';
import { windowsZoneOf } from './ews-time-zones.ts';
import { planSeriesWrite, type SeriesWrite } from './plan-series-write.ts';

/** Exchange names zones in its coarser way. */
const sameZone = (a: string, b: string) =>
  canonicalZone(a) === canonicalZone(b) || (windowsZoneOf(a) ?? a) === (windowsZoneOf(b) ?? b);

/** What came after the master failed: the master was written, so that nothing may be taken for not done. */
const halfDone = (error: SyncError) =>
  new SyncError(error.message, {
    code: error.code,
    kind: error.kind === 'unauthorized' ? 'unauthorized' : 'other',
    remedy: error.remedy,
    ambiguous: true,
    cause: error.cause,
    ...(error.status === undefined ? {} : { status: error.status }),
  });

/** Exceptions first, then deletions; the master with the change key that it has after them. */
async function writeOccurrences(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  master: ItemRef,
  { changes, deletions }: SeriesWrite,
  notify: Notify,
): Promise<Outcome<ItemRef>> {
  if (changes.length === 0 && deletions.length === 0) return succeeded(master);
  const seriesId = master.itemId;
  const changed = await changeOccurrences(
    session,
    log,
    call,
    changes.map((change) => ({ seriesId, ...change })),
    new Map([[seriesId, master.changeKey]]),
    notify,
  );
  const deleted = await deleteOccurrences(
    session,
    call,
    deletions.map((index) => ({ seriesId, index })),
    notify,
  );
  for (const outcome of [...changed, ...deleted]) if (!outcome.ok && outcome.error.kind !== 'notFound') return outcome;
  const key = await changeKeyOf(session, call, seriesId);
  return key.ok ? succeeded({ itemId: seriesId, changeKey: key.value }) : key;
}

async function finish(write: () => Promise<Outcome<ItemRef>>): Promise<Outcome<ItemRef>> {
  try {
    const outcome = await write();
    return outcome.ok ? outcome : failed(halfDone(outcome.error));
  } catch (error) {
    return failed(halfDone(toSyncError(error)));
  }
}

/** After the master of a new series was made: what differs from its pattern. */
export function completeSeries(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  master: ItemRef,
  draft: AppointmentDraft,
  notify: Notify,
): Promise<Outcome<ItemRef>> {
  const { series, start, end, timeZone, allDay } = draft;
  if (series === undefined) return Promise.resolve(succeeded(master));
  const time = { start, end, timeZone, allDay };
  const plan = planSeriesWrite({ series, time, subject: draft.subject, location: draft.location }, undefined, sameZone);
  return finish(() => writeOccurrences(session, log, call, master, plan, notify));
}

/**
 * Writes a series: its master if that is still as its change key says, then the exceptions, then the deletions. With its pattern
 * unchanged, only what differs. What fails after the master was written is in doubt; the next write finds what is missing.
 */
export async function updateSeries(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  item: ItemRef,
  patch: AppointmentPatch & { readonly series: Series },
  notify: Notify,
  writeMaster: (item: ItemRef, patch: AppointmentPatch) => Promise<Outcome<ItemRef>>,
): Promise<Outcome<ItemRef>> {
  const [read] = await readAppointments(session, log, call, [item.itemId], false);
  if (read === undefined || !read.ok)
    return read ?? failed(toEwsSyncError({ kind: 'answer', code: 'AnswerIncomplete' }, 'write'));
  const present = read.value;
  if (present.changeKey !== item.changeKey)
    return failed(toEwsSyncError({ kind: 'response', code: 'ErrorIrresolvableConflict' }, 'write'));
  const plan = planSeriesWrite(wantedOf(patch, present), present, sameZone);
  const { series: _series, time: _time, ...others } = patch;
  const masterPatch: AppointmentPatch = plan.pattern ? patch : others;
  const says = Object.entries(masterPatch).some(([name, field]) => name !== 'kind' && field !== undefined);
  const master = says ? await writeMaster(item, masterPatch) : succeeded(item);
  if (!master.ok) return master;
  return finish(() => writeOccurrences(session, log, call, master.value, plan, notify));
}

function wantedOf(patch: AppointmentPatch & { readonly series: Series }, present: Appointment) {
  const { start, end, timeZone, allDay } = patch.time ?? present;
  return {
    series: patch.series,
    time: { start, end, timeZone, allDay },
    subject: canonicalLine(patch.subject ?? present.subject),
    location: canonicalLine(patch.location ?? present.location),
  };
}
