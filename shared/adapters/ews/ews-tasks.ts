import type {
  Task as EwsTask,
  ExchangeService,
  ExtendedPropertyDefinition,
  PropertyDefinitionBase,
} from 'ews-javascript-api';
import { canonicalLine } from '../../domain/canonical-text.ts';
import type { PlainDate } from '../../domain/plain-date.ts';
import type { Task, TaskDraft, TaskPatch } from '../../domain/task.ts';
import { newBody, patchedBody } from './ews-body-parts.ts';
import { dateOfMidnight } from './ews-dates.ts';
import {
  commonOf,
  commonProperties,
  type ItemContext,
  isPrivate,
  itemValues,
  privateItem,
  refusal,
} from './ews-item-values.ts';
import type { EwsLibrary } from './ews-library.ts';
import { setStamp } from './ews-stamp.ts';

/** Sets what the patch says; what is undefined in it is left alone. */
export function applyTaskPatch({ library }: ItemContext, item: EwsTask, patch: TaskPatch): void {
  if (patch.subject !== undefined) item.Subject = canonicalLine(patch.subject);
  if (patch.body !== undefined) {
    item.Body = new library.MessageBody(library.BodyType.HTML, patchedBody(patch.body));
  }
  // Exchange keeps a due date as midnight without a zone ([MS-OXOTASK] 2.2.2.2.5), which is what UTC is to our requests.
  if (patch.dueDate !== undefined) item.DueDate = new library.DateTime(`${patch.dueDate}T00:00:00.000Z`);
  if (patch.complete !== undefined) {
    item.Status = patch.complete ? library.TaskStatus.Completed : library.TaskStatus.NotStarted;
  }
  setStamp(library, item, patch.stamp);
}

/** A new item for CreateItem. */
export function taskOfDraft(context: ItemContext, service: ExchangeService, draft: TaskDraft): EwsTask {
  const { body, complete, ...fields } = draft;
  const item = new context.library.Task(service);
  applyTaskPatch(context, item, complete ? { ...fields, complete } : fields);
  item.Body = new context.library.MessageBody(context.library.BodyType.HTML, newBody(body));
  return item;
}

let dueDates: { readonly due: ExtendedPropertyDefinition; readonly start: ExtendedPropertyDefinition } | undefined;

/** PidLidTaskDueDate and PidLidTaskStartDate: dates as midnights of no zone, whatever zone task:DueDate comes in. */
function datesWithoutZone({
  ExtendedPropertyDefinition: Definition,
  DefaultExtendedPropertySet,
  MapiPropertyType,
}: EwsLibrary) {
  const { Task } = DefaultExtendedPropertySet;
  const { SystemTime } = MapiPropertyType;
  dueDates ??= { due: new Definition(Task, 0x8105, SystemTime), start: new Definition(Task, 0x8104, SystemTime) };
  return dueDates;
}

/** The properties a read asks for: no more than the domain knows. */
export function taskProperties(library: EwsLibrary, body: boolean): PropertyDefinitionBase[] {
  const { DueDate, StartDate, IsComplete, IsRecurring } = library.TaskSchema;
  const { due, start } = datesWithoutZone(library);
  return [...commonProperties(library, body), DueDate, StartDate, IsComplete, IsRecurring, due, start];
}

/** An item of the library as the domain knows it. Throws SyncError for what must not or cannot be read. */
export function taskOf(context: ItemContext, item: unknown): Task {
  const { library } = context;
  if (!(item instanceof library.Task)) throw refusal('NotATask', 'The item is no task.');
  const schema = library.TaskSchema;
  const values = itemValues(library, item);
  if (isPrivate(library, values)) throw privateItem();
  const dateOf = (definition: typeof schema.DueDate, bare: ExtendedPropertyDefinition): PlainDate | undefined => {
    const instant = values.instant(definition);
    if (instant === undefined) return undefined;
    const found: { outValue: unknown } = { outValue: undefined };
    const read = item.TryGetProperty(bare, found) ? found.outValue : undefined;
    const midnight = read instanceof library.DateTime ? new Date(read.TotalMilliSeconds).toISOString() : '';
    return midnight.endsWith('T00:00:00.000Z') ? (midnight.slice(0, 10) as PlainDate) : dateOfMidnight(instant);
  };
  const { due, start } = datesWithoutZone(library);
  return {
    kind: 'task',
    ...commonOf(context, item, values),
    subject: canonicalLine(values.text(schema.Subject)),
    dueDate: dateOf(schema.DueDate, due),
    startDate: dateOf(schema.StartDate, start),
    complete: values.flag(schema.IsComplete),
    recurring: values.flag(schema.IsRecurring),
    categories: values.texts(schema.Categories),
    private: false,
  };
}
