import util from 'node:util';
import { withoutIllegalCharacters } from '../../domain/canonical-text.ts';

/** ews-javascript-api with its defects mended. Nothing but this folder imports the package. */
export type EwsLibrary = typeof import('ews-javascript-api');

/** What the library takes as "not in the request", against its own types. */
export const leftOut = null as never;

type Patchable = Record<string, (...values: unknown[]) => unknown>;

interface Internals {
  readonly writer: { readonly EwsServiceXmlWriter: { readonly prototype: Patchable } };
  readonly utilities: { readonly EwsUtilities: Patchable };
  readonly zones: { readonly TimeZoneDefinition: { readonly prototype: Patchable } };
}

const textEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };
const attributeEscapes: Readonly<Record<string, string>> = {
  ...textEscapes,
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

const escapeText = (text: string) =>
  withoutIllegalCharacters(text).replace(/[&<>\r]/g, (character) => textEscapes[character] ?? '');
const escapeAttribute = (text: string) =>
  withoutIllegalCharacters(text).replace(/[&<>"\r\n\t]/g, (character) => attributeEscapes[character] ?? '');

/** The library writes text and attributes as they are, so that a subject could close its element and name another mailbox. */
function escapeWhatIsWritten(prototype: Patchable): void {
  const { WriteValue: writeValue, WriteAttributeString: writeAttribute } = prototype;
  if (writeValue === undefined || writeAttribute === undefined) throw new Error('ews-javascript-api has changed.');
  prototype['WriteValue'] = function (this: unknown, value: unknown, name: unknown) {
    return writeValue.call(this, typeof value === 'string' ? escapeText(value) : value, name);
  };
  prototype['WriteAttributeString'] = function (this: unknown, ...values: unknown[]) {
    const value = values.at(-1);
    return writeAttribute.apply(this, [
      ...values.slice(0, -1),
      typeof value === 'string' ? escapeAttribute(value) : value,
    ]);
  };
}

/** An answer with empty Items made it throw after the server had done the work. */
function survivesEmptyItems(utilities: Patchable): void {
  const find = utilities['FindFirstItemOfType'];
  if (find === undefined) throw new Error('ews-javascript-api has changed.');
  utilities['FindFirstItemOfType'] = (items, type) => (items ? find.call(utilities, items, type) : null);
}

/** The library's table of zones is of 2019; an item in a zone it did not know came back without any. The id is all we use. */
function keepsEveryZone(prototype: Patchable, library: EwsLibrary): void {
  prototype['ToTimeZoneInfo'] = function (this: { Id: string }) {
    return library.TimeZoneInfo.CreateCustomTimeZone(this.Id, new library.TimeSpan(0), this.Id, this.Id);
  };
}

/** Times with both a fraction and an offset were taken for damaged, and a property sent twice made it throw. */
function readsEveryTime(prototype: Patchable, library: EwsLibrary): void {
  prototype['ConvertUniversalDateTimeStringToLocalDateTime'] = (value) => {
    const text: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof text !== 'string') return null;
    const milliseconds = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
    return Number.isNaN(milliseconds) ? null : new library.DateTime(new Date(milliseconds).toISOString());
  };
}

/** Dates of a recurrence were those of the process's own zone, so that a series moved by a day with the server it ran on. */
function readsAndWritesDates(utilities: Patchable, prototype: Patchable, library: EwsLibrary): void {
  if (utilities['DateTimeToXSDate'] === undefined || prototype['ConvertStartDateToUnspecifiedDateTime'] === undefined) {
    throw new Error('ews-javascript-api has changed.');
  }
  utilities['DateTimeToXSDate'] = (date) =>
    date instanceof library.DateTime ? new Date(date.TotalMilliSeconds).toISOString().slice(0, 10) : null;
  prototype['ConvertStartDateToUnspecifiedDateTime'] = (value) => {
    const text: unknown = Array.isArray(value) ? value[0] : value;
    const [date] = /^\d{4}-\d\d-\d\d/.exec(typeof text === 'string' ? text : '') ?? [];
    return date === undefined ? null : new library.DateTime(`${date}T12:00:00.000Z`);
  };
}

async function load(): Promise<EwsLibrary> {
  // Node 23 removed it; the library calls it for every extended property.
  const old = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const library = await import('ews-javascript-api');
  const [writer, utilities, zones] = await Promise.all([
    import('ews-javascript-api/js/Core/EwsServiceXmlWriter.js'),
    import('ews-javascript-api/js/Core/EwsUtilities.js'),
    import('ews-javascript-api/js/ComplexProperties/TimeZones/TimeZoneDefinition.js'),
  ]);
  const internals = {
    writer: writer.default,
    utilities: utilities.default,
    zones: zones.default,
  } as unknown as Internals;
  escapeWhatIsWritten(internals.writer.EwsServiceXmlWriter.prototype);
  survivesEmptyItems(internals.utilities.EwsUtilities);
  keepsEveryZone(internals.zones.TimeZoneDefinition.prototype, library);
  const service = library.ExchangeService.prototype as unknown as Patchable;
  readsEveryTime(service, library);
  readsAndWritesDates(internals.utilities.EwsUtilities, service, library);
  return library;
}

let loading: Promise<EwsLibrary> | undefined;

/** Loads at first use, half a second and sixty megabytes that the webhook path never pays. */
export function loadEwsLibrary(): Promise<EwsLibrary> {
  loading ??= load();
  return loading;
}
