import type { RestError } from '@azure/data-tables';

/** Why a conditional write did nothing. */
export type Refusal = 'exists' | 'changed' | 'missing';

/**
 * What storage said no to, or undefined when the error is something else (network, rights, a missing table). Codes:
 * https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes and …/blob-service-error-codes
 */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || error.name !== 'RestError') return undefined;
  const { statusCode } = error as RestError;
  const code = codeOf(error as RestError);
  if (statusCode === 412) return 'changed';
  if (statusCode === 404 && code !== 'TableNotFound' && code !== 'ContainerNotFound') return 'missing';
  if (statusCode === 409 && (code === 'EntityAlreadyExists' || code === 'BlobAlreadyExists')) return 'exists';
  return undefined;
}

/** Lets pass what storage refused for the given reasons; every other error is thrown on. */
export function unlessRefused(error: unknown, ...reasons: readonly Refusal[]): undefined {
  const refusal = refusalOf(error);
  if (refusal === undefined || !reasons.includes(refusal)) throw error;
  return undefined;
}

/** The code is in another place for tables, for transactions and for blobs. */
function codeOf(error: RestError): string | undefined {
  const { details } = error as { details?: { errorCode?: string; odataError?: { code?: string } } };
  return error.code ?? details?.errorCode ?? details?.odataError?.code;
}
