import type { Activity } from './activity.ts';
import { datesOfAllDay } from './all-day.ts';
import type { Appointment } from './appointment.ts';
import { canonicalSeries } from './canonical-series.ts';
import type { Contact, KnownContactFields } from './contact.ts';
import type { ContactItem } from './contact-item.ts';
import { MailboxId } from './ids.ts';
import type { ItemKind } from './item.ts';
import type { SyncItem } from './sync-item.ts';
import type { SyncRecord } from './sync-record.ts';
import type { Task } from './task.ts';
import { taskRules } from './task-rules.ts';

/** How alike a record and an item are: 1 is the same in all that both sides say. The reasons are codes, fit for a ReviewPair. */
export interface MatchScore {
  readonly score: number;
  readonly reasons: readonly string[];
}

interface Part {
  /** 0..1; undefined where one of the sides says nothing. */
  readonly value: number | undefined;
  readonly weight: number;
  /** Named where the part speaks for a match. */
  readonly reason: string;
}

const none: MatchScore = { score: 0, reasons: [] };
/** Below this a part is no reason to name. */
const telling = 0.3;
const dayMs = 86_400_000;

/** Whether a record and an item are the same thing, as far as what they say can tell. Private items are never compared. */
export function scoreMatch(kind: ItemKind, record: SyncRecord, item: SyncItem): MatchScore {
  if (kind !== item.kind) return none;
  if (item.kind === 'contact') return record.kind === 'contact' ? scoreContact(record, item) : none;
  if (record.kind === 'contact') return none;
  return item.kind === 'task' ? scoreTask(record, item) : scoreAppointment(record, item);
}

function scoreAppointment(activity: Activity, item: Appointment): MatchScore {
  if (item.sensitivity === 'private' || item.sensitivity === 'confidential' || item.cancelled) return none;
  if (!sameRepetition(activity, item)) return none;
  const time = timeAlike(activity, item);
  if (time === 0) return none;
  return weighed([
    { value: titlesAlike(activity.subject, item.subject), weight: 0.5, reason: 'sameSubject' },
    { value: time, weight: 0.4, reason: time === 1 ? 'sameTime' : 'sameDay' },
    ...besides([
      { value: wordsAlike(activity.location, item.location), reason: 'samePlace' },
      {
        value: setsAlike(emailsOf(activity.attendees ?? []), emailsOf(item.attendees)),
        reason: 'sameAttendees',
      },
    ]),
  ]);
}

/** What may confirm but rarely decides shares a tenth of the weight. */
function besides(parts: readonly Omit<Part, 'weight'>[]): Part[] {
  const known = parts.filter(({ value }) => value !== undefined);
  return known.map((part) => ({ ...part, weight: 0.1 / known.length }));
}

/** A series is never a single event; two series are the same only with the same pattern. */
function sameRepetition(activity: Activity, item: Appointment): boolean {
  const [ours, theirs] = [activity.series ?? undefined, item.series];
  if (ours === undefined || theirs === undefined) return ours === theirs;
  return canonicalSeries(ours, activity.timeZone, activity) === canonicalSeries(theirs, item.timeZone, item);
}

/** 1: the same start and end; less: the same day; 0: another day. */
function timeAlike(activity: Activity, item: Appointment): number {
  if (activity.allDay && item.allDay) {
    const [a, b] = [datesOfAllDay(activity), datesOfAllDay(item)];
    if (a.startDate === b.startDate) return a.endDate === b.endDate ? 1 : sameDayOnly;
    return 0;
  }
  const apart = Math.abs(Date.parse(activity.start) - Date.parse(item.start));
  if (apart === 0 && Date.parse(activity.end) === Date.parse(item.end))
    return activity.allDay === item.allDay ? 1 : sameDayOnly;
  return dayOf(activity) === dayOf(item) ? sameDayOnly : 0;
}

/** Little enough that two calls of one name on one day are not taken for each other, and do not make each other doubtful. */
const sameDayOnly = 0.3;

/** The day on which it begins, by which candidates are found. */
export const dayOf = (event: Pick<Activity, 'start' | 'end' | 'timeZone' | 'allDay'>): string =>
  event.allDay ? datesOfAllDay(event).startDate : new Date(event.start).toISOString().slice(0, 10);

/** The name and the day that the task of an activity has or would have. */
export function taskFactsOf(activity: Activity): { readonly subject: string; readonly dueDate: string } {
  const stamp = { mailboxId: MailboxId.parse('none'), recordId: activity.id };
  return taskRules.itemDraftOf(activity, stamp, { key: '', now: 0, isOutside: () => false });
}

/** Dates of tasks are moved by a day or two more easily than meetings. */
export const nearDays = 3;

function scoreTask(activity: Activity, task: Task): MatchScore {
  if (task.private || task.recurring) return none;
  const { subject, dueDate } = taskFactsOf(activity);
  const days =
    task.dueDate === undefined ? Number.NaN : Math.abs(Date.parse(dueDate) - Date.parse(task.dueDate)) / dayMs;
  const due = days === 0 ? 1 : days <= nearDays ? 0.3 : 0;
  if (due === 0) return none;
  return weighed([
    { value: titlesAlike(subject, task.subject), weight: 0.55, reason: 'sameSubject' },
    { value: due, weight: 0.45, reason: due === 1 ? 'sameDate' : 'nearDate' },
  ]);
}

/** Without an address or a number in common a name alone is no proof: there are many of each name. */
const nameAlone = 0.7;

function scoreContact(contact: Contact, item: ContactItem): MatchScore {
  if (item.private) return none;
  const emails = sharedAny((contact.emails ?? []).map(lower), item.emails.map(lower));
  const phones = sharedAny(numbersOf(contact), numbersOf(item));
  const scored = weighed([
    { value: wordsAlike(nameOf(contact), nameOf(item)), weight: 0.4, reason: 'sameName' },
    { value: emails, weight: 0.6, reason: 'sameEmail' },
    { value: phones, weight: 0.3, reason: 'samePhone' },
    { value: wordsAlike(contact.company ?? '', item.company), weight: 0.1, reason: 'sameCompany' },
  ]);
  return emails === 1 || phones === 1 ? scored : { ...scored, score: Math.min(scored.score, nameAlone) };
}

export const nameOf = ({ givenName = '', surname = '' }: Pick<KnownContactFields, 'givenName' | 'surname'>): string =>
  `${givenName} ${surname}`;

/** Telephone numbers by their last digits: prefixes and spaces are written in many ways. */
export const numbersOf = ({ phones = {} }: Pick<KnownContactFields, 'phones'>): string[] =>
  Object.values(phones)
    .map((phone) => phone.replace(/\D/g, '').slice(-8))
    .filter((digits) => digits.length >= 6);

const lower = (text: string) => text.trim().toLowerCase();
const emailsOf = (people: readonly { readonly email: string }[]) => people.map(({ email }) => lower(email));

function weighed(parts: readonly Part[]): MatchScore {
  const known = parts.filter(({ value }) => value !== undefined);
  const weight = known.reduce((sum, part) => sum + part.weight, 0);
  if (weight === 0) return none;
  const sum = known.reduce((total, part) => total + (part.value ?? 0) * part.weight, 0);
  return {
    score: Math.round((sum / weight) * 1_000) / 1_000,
    reasons: known.filter(({ value }) => (value ?? 0) >= telling).map(({ reason }) => reason),
  };
}

/** Words of a text without case, accents and punctuation, and without what mail programs put before a subject. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/^(\s*(fw|fwd|re|aw|wg)\s*:)+/u, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** The share of words in common (Dice); undefined where one side has none. */
function wordsAlike(a: string, b: string): number | undefined {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  if (left.length === 0 || right.length === 0) return undefined;
  const rest = [...right];
  const common = left.filter((word) => {
    const at = rest.indexOf(word);
    if (at < 0) return false;
    rest.splice(at, 1);
    return true;
  }).length;
  return (2 * common) / (left.length + right.length);
}

/** Of what must have a name: none on both sides is the same, none on one is not. */
const titlesAlike = (a: string, b: string): number =>
  wordsAlike(a, b) ?? (wordsOf(a).length === wordsOf(b).length ? 1 : 0);

/** The share that two lists have in common; undefined where one of them is empty. */
function setsAlike(a: readonly string[], b: readonly string[]): number | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const all = new Set([...a, ...b]);
  return [...all].filter((one) => a.includes(one) && b.includes(one)).length / all.size;
}

/** 1 where any is in both lists; undefined where one of them is empty. */
function sharedAny(a: readonly string[], b: readonly string[]): 0 | 1 | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  return a.some((one) => b.includes(one)) ? 1 : 0;
}
