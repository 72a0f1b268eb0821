import type { Account } from './authenticate.ts';
import { actingMailbox } from './authenticate.ts';
import { EwsError, EwsFault } from './ews-error.ts';
import type { MailboxDirectory } from './mailbox-directory.ts';
import { convertId } from './operations/convert-id.ts';
import { createItem } from './operations/create-item.ts';
import { deleteItem } from './operations/delete-item.ts';
import { findFolder } from './operations/find-folder.ts';
import { findItem } from './operations/find-item.ts';
import { getFolder } from './operations/get-folder.ts';
import { getItem } from './operations/get-item.ts';
import { getServerTimeZones } from './operations/get-server-time-zones.ts';
import { moveOrCopyItem } from './operations/move-item.ts';
import { resolveNames } from './operations/resolve-names.ts';
import { syncFolderHierarchy } from './operations/sync-folder-hierarchy.ts';
import { syncFolderItems } from './operations/sync-folder-items.ts';
import { updateItem } from './operations/update-item.ts';
import type { RequestContext } from './request-context.ts';
import { checkRequest } from './request-schema.ts';
import { type SoapRequest, writeAnswer } from './soap-envelope.ts';
import type { Store } from './store.ts';
import { ianaZone } from './time-zones.ts';
import { childOf, type XmlElement } from './xml.ts';

type Operation = (context: RequestContext, request: XmlElement) => XmlElement;

const operations: Readonly<Record<string, Operation>> = {
  GetFolder: getFolder,
  GetItem: getItem,
  CreateItem: createItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  MoveItem: moveOrCopyItem('MoveItem'),
  CopyItem: moveOrCopyItem('CopyItem'),
  SyncFolderItems: syncFolderItems,
  SyncFolderHierarchy: syncFolderHierarchy,
  FindItem: findItem,
  FindFolder: findFolder,
  GetServerTimeZones: getServerTimeZones,
  ResolveNames: resolveNames,
  ConvertId: convertId,
};

/** The newest is what Exchange 2016 calls itself; the V2017 forms are what newer servers report and clients may echo. */
const versions =
  /^(Exchange2007(_SP1)?|Exchange2010(_SP[12])?|Exchange2013(_SP1)?|Exchange2015|Exchange2016|V201[5-7](_\d\d_\d\d)?)$/;

function checkVersion(header: XmlElement | undefined): void {
  const version = childOf(header, 't:RequestServerVersion')?.attributes['Version'];
  if (version !== undefined && !versions.test(version)) {
    throw new EwsFault('ErrorInvalidServerVersion', 'The specified server version is invalid.');
  }
}

function contextTimeZone(header: XmlElement | undefined): string {
  const id = childOf(childOf(header, 't:TimeZoneContext'), 't:TimeZoneDefinition')?.attributes['Id'] ?? 'UTC';
  return ianaZone(id) === undefined ? 'UTC' : id;
}

/** Answers one SOAP request. @throws EwsFault for what ends the whole request. */
export function handleEwsRequest(
  dependencies: { directory: MailboxDirectory; store: Store; clock: () => Date },
  account: Account,
  { body, header }: SoapRequest,
): string {
  checkVersion(header);
  const acting = actingMailbox(dependencies.directory, account, header);
  const name = checkRequest(body);
  const operation = operations[name];
  if (!operation)
    throw new EwsFault('ErrorInvalidRequest', `The request is invalid: this server has no operation '${name}'.`);
  try {
    return writeAnswer(operation({ ...dependencies, account, acting, timeZoneId: contextTimeZone(header) }, body));
  } catch (error) {
    // What goes wrong outside any single item, such as an invalid property in the shape, ends the request.
    if (error instanceof EwsError && !(error instanceof EwsFault))
      throw new EwsFault(error.code, error.message, error.values);
    throw error;
  }
}
