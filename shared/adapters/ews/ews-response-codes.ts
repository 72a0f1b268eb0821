import type { StatusCode } from '../../domain/mailbox-status.ts';
import type { ErrorKind, Remedy } from '../../domain/sync-error.ts';

/** What a ResponseCode means for us. `sentence` is what the admin reads. */
export interface CodeMeaning {
  readonly remedy: Remedy;
  readonly kind?: ErrorKind;
  readonly status?: StatusCode;
  /** A write answered like this may have been carried out all the same. */
  readonly ambiguous?: boolean;
  readonly sentence: string;
}

const seconds = 1000;
const minutes = 60 * seconds;

/** How long a profile rests when Exchange asks for rest without saying how long. */
export const defaultThrottlePause = 30 * seconds;

const pause = (scope: 'mailbox' | 'profile', forMs: number): Remedy => ({ kind: 'pause', scope, forMs });
const disableMailbox: Remedy = { kind: 'disable', scope: 'mailbox' };
const retry: Remedy = { kind: 'retry' };
const park: Remedy = { kind: 'park' };

export const throttled: CodeMeaning = {
  remedy: pause('profile', defaultThrottlePause),
  status: 'notSyncing',
  sentence: 'Exchange asks to slow down; work for this server goes on after a pause.',
};
export const unauthorized: CodeMeaning = {
  remedy: { kind: 'pause', scope: 'profile' },
  kind: 'unauthorized',
  status: 'unauthorized',
  sentence:
    'Exchange refused the sign-in of the service account (401): its user name, secret or token is wrong or expired.',
};
export const conflict: CodeMeaning = {
  remedy: retry,
  kind: 'conflict',
  sentence: 'The item was changed in Exchange since it was read.',
};
export const notFound: CodeMeaning = {
  remedy: park,
  kind: 'notFound',
  sentence: 'The item is gone or lies under another id.',
};
export const parked: CodeMeaning = {
  remedy: park,
  sentence: 'Exchange refuses what this change asks for; it cannot succeed as it is.',
};
const serverTrouble: CodeMeaning = {
  remedy: retry,
  status: 'serverError',
  ambiguous: true,
  sentence: 'Exchange had an internal error; it often mends itself.',
};
export const unknownTrouble: CodeMeaning = {
  remedy: retry,
  status: 'notSyncing',
  ambiguous: true,
  sentence: 'Exchange answered with an error that is not known here; it is tried again.',
};
const storeAway = (forMs: number): CodeMeaning => ({
  remedy: pause('mailbox', forMs),
  status: 'notSyncing',
  sentence: 'The store of this mailbox is not available for now; it is tried again after a pause.',
});
const folderDenied: CodeMeaning = {
  remedy: disableMailbox,
  status: 'accessDeniedFolder',
  sentence: 'The folder was not found or may not be used: impersonation and delegate access may be mixed up.',
};

const rows: readonly (readonly [CodeMeaning, readonly string[]])[] = [
  [
    throttled,
    [
      'ErrorServerBusy',
      'ErrorExceededConnectionCount',
      'ErrorTooManyObjectsOpened',
      'ErrorExceededFindCountLimit',
      'ErrorInsufficientResources',
      'ErrorNotEnoughMemory',
    ],
  ],
  [
    unauthorized,
    ['ErrorPasswordExpired', 'ErrorPasswordChangeRequired', 'ErrorMailboxLogonFailed', 'ErrorProxyTokenExpired'],
  ],
  [conflict, ['ErrorIrresolvableConflict', 'ErrorStaleObject', 'ErrorInvalidChangeKey', 'ErrorObjectTypeChanged']],
  [
    notFound,
    [
      'ErrorItemNotFound',
      'ErrorCalendarCannotUpdateDeletedItem',
      'ErrorCalendarOccurrenceIsDeletedFromRecurrence',
      'ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange',
      'ErrorMessageDeleted',
    ],
  ],
  [
    {
      remedy: { kind: 'resync' },
      status: 'notSyncing',
      sentence: 'Exchange no longer knows the place up to which this folder was read; it is read anew.',
    },
    ['ErrorInvalidSyncStateData'],
  ],
  [
    {
      remedy: disableMailbox,
      status: 'impersonationFailed',
      sentence: 'The service account may not impersonate this user.',
    },
    [
      'ErrorImpersonateUserDenied',
      'ErrorImpersonationDenied',
      'ErrorImpersonationFailed',
      'ErrorInvalidExchangeImpersonationHeaderData',
    ],
  ],
  [
    { remedy: disableMailbox, status: 'noMailbox', sentence: 'No mailbox has this address.' },
    [
      'ErrorNonExistentMailbox',
      'ErrorMissingEmailAddress',
      'ErrorNonPrimarySmtpAddress',
      'ErrorInvalidSmtpAddress',
      'ErrorInvalidMailbox',
      'ErrorCannotFindUser',
      'ErrorInvalidUserPrincipalName',
    ],
  ],
  [
    {
      remedy: disableMailbox,
      status: 'versionNotSupported',
      sentence: 'The server does not know the schema version that the profile asks for.',
    },
    [
      'ErrorInvalidServerVersion',
      'ErrorIncorrectSchemaVersion',
      'ErrorInvalidSchemaVersionForMailboxVersion',
      'ErrorWrongServerVersion',
      'ErrorWrongServerVersionDelegate',
    ],
  ],
  [
    folderDenied,
    [
      'ErrorFolderNotFound',
      'ErrorAccessDenied',
      'ErrorSyncFolderNotFound',
      'ErrorParentFolderNotFound',
      'ErrorSavedItemFolderNotFound',
      'ErrorCreateItemAccessDenied',
      'ErrorManagedFolderNotFound',
      'ErrorInvalidFolderId',
      'ErrorNoCalendar',
    ],
  ],
  [
    {
      remedy: disableMailbox,
      status: 'invalidFolder',
      sentence: 'The folder is not of the kind that is synchronised, or does not give what was asked for.',
    },
    [
      'ErrorCannotCreateCalendarItemInNonCalendarFolder',
      'ErrorCalendarFolderIsInvalidForCalendarView',
      'ErrorInvalidFolderTypeForOperation',
      'ErrorFolderCorrupt',
      'FolderOfAnotherKind',
    ],
  ],
  [
    {
      remedy: disableMailbox,
      status: 'forbidden',
      sentence: 'Exchange does not let the service account use this mailbox.',
    },
    [
      'ErrorAccountDisabled',
      'ErrorUserNotAllowedByPolicy',
      'ErrorPermissionNotAllowedByPolicy',
      'ErrorOrganizationAccessBlocked',
      'ErrorInvalidAuthorizationContext',
    ],
  ],
  [serverTrouble, ['ErrorInternalServerError', 'ErrorInternalServerTransientError', 'ErrorDataSourceOperation']],
  [
    {
      remedy: retry,
      status: 'notSyncing',
      ambiguous: true,
      sentence: 'Exchange ran out of time with this request; it is tried again.',
    },
    ['ErrorTimeoutExpired', 'ErrorRequestAborted', 'ErrorClientDisconnected'],
  ],
  [
    storeAway(minutes),
    [
      'ErrorMailboxStoreUnavailable',
      'ErrorMailboxFailover',
      'ErrorConnectionFailed',
      'ErrorADUnavailable',
      'ErrorADOperation',
      'ErrorNoRespondingCASInDestinationSite',
      'ErrorProxyRequestProcessingFailed',
      'ErrorProxyCallFailed',
      'ErrorProxyServiceDiscoveryFailed',
      'ErrorCrossSiteRequest',
    ],
  ],
  [
    { remedy: retry, status: 'notSyncing', sentence: 'Exchange gave up on the request before it came to this item.' },
    ['ErrorBatchProcessingStopped'],
  ],
  [storeAway(5 * minutes), ['ErrorMailboxMoveInProgress']],
  [
    {
      remedy: pause('mailbox', 60 * minutes),
      status: 'notSyncing',
      sentence: 'The mailbox is full; its owner has to make room.',
    },
    ['ErrorQuotaExceeded', 'ErrorSubmissionQuotaExceeded', 'ErrorMessagePerFolderCountReceiveQuotaExceeded'],
  ],
];

/** Codes named one by one; ErrorCodeType in https://learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode */
export const meaningByCode: ReadonlyMap<string, CodeMeaning> = new Map(
  rows.flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)),
);

/** The rest by the shape of the name: what is wrong with a request, a property or an item does not mend itself. */
export const parkedCodes =
  /^Error(Invalid|Property|Item|Calendar|Recurrence|Occurrence|Cannot|Unsupported|Content|Mime|Attachment|Missing|Required|Schema|Corrupt|Value|TimeZone|Send|Sent|Update|IncorrectUpdate|MessageSize|MessageDisposition|DataSizeLimit|RequestStreamTooBig|Query|Restriction|ResultSetTooBig|ChangeKeyRequired|MoveCopy|Folder|CrossMailbox|Virus|NoPropertyTag|Affected|Duplicate)/;
