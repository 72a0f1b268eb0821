import { extendedValuesOf, propertyValue } from '../computed-properties.ts';
import { EwsError } from '../ews-error.ts';
import { dictionaryOf, isKnownField, readItemShape, writeItem } from '../item-shape.ts';
import { openOccurrence } from '../occurrence-item.ts';
import { type IndexedPage, indexedPage, readPage } from '../page.ts';
import { propertiesOf, propertyByUri } from '../properties.ts';
import { type OpenItem, openFolder, type RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { compareValues, compilePath, compileRestriction, type Searchable } from '../restriction.ts';
import { isSeries, occurrencesIn } from '../series.ts';
import { ianaZone, readDateTime } from '../time-zones.ts';
import { childOf, type XmlElement, xml } from '../xml.ts';

const twoYears = 2 * 366 * 24 * 3_600_000;

/** How a restriction sees an item: texts of a property, one for each entry of a list. */
function searchable(open: OpenItem, context: RequestContext): Searchable {
  return {
    extended: (key) => extendedValuesOf(open, key),
    field: (fieldUri) => {
      const property = propertyByUri(dictionaryOf(fieldUri));
      if (!property || !propertiesOf[open.item.kind].includes(property)) return undefined;
      const value = propertyValue(open, property.element, context.directory);
      if (!value) return undefined;
      if (property.kind === 'id') return [value.attributes['Id'] ?? ''];
      return value.children.length > 0 ? value.children.map((child) => child.text) : [value.text];
    },
  };
}

/** CalendarView: what lies even partly in the window, by start; occurrences stand for their series. */
function calendarWindow(context: RequestContext, view: XmlElement, folderClass: string) {
  if (folderClass !== 'IPF.Appointment') {
    throw new EwsError(
      'ErrorCalendarFolderIsInvalidForCalendarView',
      'CalendarView can be used only with calendar folders.',
    );
  }
  const [start = 0, end = 0] = ['StartDate', 'EndDate'].map((name) =>
    readDateTime(view.attributes[name] ?? '', ianaZone(context.timeZoneId) ?? 'Etc/UTC'),
  );
  if (end < start)
    throw new EwsError('ErrorCalendarEndDateIsEarlierThanStartDate', 'EndDate is earlier than StartDate.');
  if (end - start > twoYears)
    throw new EwsError(
      'ErrorCalendarViewRangeTooBig',
      'The specified view range exceeds the maximum range of two years.',
    );
  const time = ({ item }: OpenItem, name: string) => Date.parse(item.properties[name]?.text ?? '');
  return {
    shown: (open: OpenItem): OpenItem[] => {
      const { item, mailbox } = open;
      if (item.kind !== 'CalendarItem') return [];
      if (isSeries(item))
        return occurrencesIn(item, start, end).map((occurrence) => openOccurrence(mailbox, item, occurrence));
      return time(open, 'Start') < end && time(open, 'End') > start ? [open] : [];
    },
    order: (one: OpenItem, other: OpenItem) => time(one, 'Start') - time(other, 'Start'),
  };
}

function sortOrder(context: RequestContext, order: XmlElement | undefined) {
  const keys = (order?.children ?? []).map((field) => ({
    read: compilePath(field.children[0], isKnownField),
    direction: field.attributes['Order'] === 'Descending' ? -1 : 1,
  }));
  return (one: OpenItem, other: OpenItem): number => {
    for (const { read, direction } of keys) {
      const [left = '', right = ''] = [one, other].map((open) => read(searchable(open, context))?.[0]);
      const result = compareValues(left, right) * direction;
      if (result !== 0) return result;
    }
    // Without a sort order the newest comes first.
    return keys.length > 0 ? one.item.createdIn - other.item.createdIn : other.item.createdIn - one.item.createdIn;
  };
}

export function findItem(context: RequestContext, request: XmlElement): XmlElement {
  const shape = readItemShape(childOf(request, 'm:ItemShape'));
  const view = request.children.find((child) =>
    /^m:(IndexedPageItemView|FractionalPageItemView|CalendarView|ContactsView)$/.test(child.name),
  );
  const restriction = childOf(request, 'm:Restriction')?.children[0];
  const order = childOf(request, 'm:SortOrder');
  const page = readPage(view);
  return respondToEach('FindItem', childOf(request, 'm:ParentFolderIds')?.children ?? [], (id) => {
    const { mailbox, folder } = openFolder(context, id);
    const all = mailbox.store.items(folder.name).map((item): OpenItem => ({ mailbox, item }));
    const matches = restriction && compileRestriction(restriction, isKnownField);
    if (request.attributes['Traversal'] !== 'Shallow') return [rootFolder(indexedPage([], page), context, shape)];
    if (view?.name === 'm:CalendarView') {
      if (restriction || order)
        throw new EwsError(
          'ErrorInvalidArgument',
          'Restrictions and sort order may not be specified for a CalendarView.',
        );
      const { shown, order: byStart } = calendarWindow(context, view, folder.folderClass);
      return [
        rootFolder({ ...indexedPage(all.flatMap(shown).sort(byStart), page), offset: undefined }, context, shape),
      ];
    }
    const found = matches ? all.filter((open) => matches(searchable(open, context))) : all;
    return [rootFolder(indexedPage(found.sort(sortOrder(context, order)), page), context, shape)];
  });
}

function rootFolder(
  page: IndexedPage<OpenItem>,
  context: RequestContext,
  shape: ReturnType<typeof readItemShape>,
): XmlElement {
  const items = page.entries.map((open) => writeItem(open, shape, context.directory, true));
  return xml('m:RootFolder', page.attributes(), xml('t:Items', {}, ...items));
}
