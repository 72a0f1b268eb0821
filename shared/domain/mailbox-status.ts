import { z } from 'zod';

/** The thirteen states a process of a mailbox can be in. */
export const StatusCode = z.enum([
  'accessDeniedFolder',
  'forbidden',
  'notSyncing',
  'serverError',
  'versionNotSupported',
  'impersonationFailed',
  'invalidFolder',
  'invalidServerUrl',
  'noMailbox',
  'notEnabled',
  'syncing',
  'unattempted',
  'unauthorized',
]);
export type StatusCode = z.infer<typeof StatusCode>;

export interface StatusDescription {
  readonly label: string;
  /** disable: no more calls until a passing test; retry: goes on with growing pauses; none: nothing is wrong. */
  readonly next: 'disable' | 'retry' | 'none';
  /** What the admin can do about it, with the cmdlet where one helps. */
  readonly remedy: string;
}

/** Label, consequence and remedy of each status, as the admin reads them. */
export const statuses: Readonly<Record<StatusCode, StatusDescription>> = {
  accessDeniedFolder: {
    label: 'Access Denied Calendar/Task Folder',
    next: 'disable',
    remedy:
      'The folder was not found or may not be read. Check that the profile uses the access you granted, impersonation or delegate. For delegate access: Add-MailboxFolderPermission -Identity user@company.com:\\Calendar -User serviceaccount@company.com -AccessRights Editor',
  },
  forbidden: {
    label: 'Denied Access (Forbidden)',
    next: 'disable',
    remedy:
      'Exchange refused the service account (403). Check that EWS is allowed for it and for this app: Get-CASMailbox serviceaccount | Format-List Ews*, Get-OrganizationConfig | Format-List Ews*',
  },
  notSyncing: {
    label: 'Error - Not Syncing',
    next: 'retry',
    remedy: 'A time-out or another passing trouble. It is tried again by itself; the failure list has the detail.',
  },
  serverError: {
    label: 'EWS Server giving Internal Server Error',
    next: 'retry',
    remedy:
      'Exchange has an internal error. It often mends itself and is tried again; if it lasts, look at the server.',
  },
  versionNotSupported: {
    label: 'Exchange Version Not Supported',
    next: 'disable',
    remedy:
      'The server does not know the schema version asked for. Set the Exchange version in the profile to the one it runs.',
  },
  impersonationFailed: {
    label: 'Impersonation Failed',
    next: 'disable',
    remedy:
      'The service account may not impersonate this user: New-ManagementRoleAssignment -Role ApplicationImpersonation -User serviceaccount@company.com (with a -CustomRecipientWriteScope that includes the user)',
  },
  invalidFolder: {
    label: 'Invalid Calendar or Task folder',
    next: 'disable',
    remedy:
      'The folder is of the wrong class or does not return what was asked for. Choose the default calendar for this mailbox.',
  },
  invalidServerUrl: {
    label: 'Invalid Server URL',
    next: 'disable',
    remedy:
      'The server of the profile cannot be found or is no EWS endpoint. Check the incoming server URL (it ends in /EWS/Exchange.asmx) and its name in DNS.',
  },
  noMailbox: {
    label: 'Mailbox Not Setup on EWS',
    next: 'disable',
    remedy:
      'No mailbox has this address. Check the spelling and the domain, and that the user has a mailbox: Get-Mailbox user@company.com',
  },
  notEnabled: { label: 'Not Enabled', next: 'none', remedy: 'Switch the process on for this mailbox to sync it.' },
  syncing: { label: 'Syncing', next: 'none', remedy: 'Nothing to do: enabled and working.' },
  unattempted: { label: 'Unattempted', next: 'none', remedy: 'Nothing to do: enabled, and nothing to sync yet.' },
  unauthorized: {
    label: 'Unauthorized',
    next: 'disable',
    remedy:
      'User name, password, secret or token of the service account is wrong or expired. Store the new secret in the vault under the name the profile has.',
  },
};

/** The state of one process of one mailbox. Times are UTC ISO 8601. */
export const ProcessStatus = z.object({
  status: StatusCode,
  since: z.iso.datetime(),
  lastSuccessAt: z.iso.datetime().optional(),
  failuresInARow: z.number().int().nonnegative(),
  /** Code of the last error, as Exchange or we name it; never a message text, which may hold content. */
  lastErrorCode: z.string().max(100).optional(),
  /** No more calls until a test passes. A paused scope is not disabled: it goes on by itself. */
  disabled: z.boolean().optional(),
  /** When the next try is due; only while status is one that is retried. */
  nextTryAt: z.iso.datetime().optional(),
});
export type ProcessStatus = z.infer<typeof ProcessStatus>;

/** After the fourth failure in a row the status of a process tells of it. */
const failuresUntilShown = 4;
const longestPauseMinutes = 60;

/** The status after a successful sync: syncing, and the series of failures is over. */
export function afterSuccess(before: ProcessStatus | undefined, now: string): ProcessStatus {
  const since = before?.status === 'syncing' ? before.since : now;
  return { status: 'syncing', since, lastSuccessAt: now, failuresInARow: 0 };
}

/**
 * The status after a failure: shown at once when it cannot mend itself, else after the fourth in a row. What is retried has
 * growing pauses; `disabled`: the error was of this mailbox alone and forbids further calls.
 */
export function afterFailure(
  before: ProcessStatus,
  code: StatusCode,
  errorCode: string,
  now: string,
  disabled: boolean,
): ProcessStatus {
  const failuresInARow = before.failuresInARow + 1;
  const lastSuccessAt = before.lastSuccessAt === undefined ? {} : { lastSuccessAt: before.lastSuccessAt };
  const atOnce = disabled || statuses[code].next === 'disable';
  const shown = atOnce || failuresInARow >= failuresUntilShown ? code : before.status;
  const since = shown === before.status ? before.since : now;
  const common = { ...lastSuccessAt, status: shown, since, failuresInARow, lastErrorCode: errorCode };
  if (disabled) return { ...common, disabled };
  const minutes = Math.min(2 ** Math.min(failuresInARow - 1, 10), longestPauseMinutes);
  return { ...common, nextTryAt: new Date(Date.parse(now) + minutes * 60_000).toISOString() };
}

/** Whether calls are made for a process in this state. */
export function isActive(status: ProcessStatus): boolean {
  return status.status !== 'notEnabled' && status.disabled !== true;
}
