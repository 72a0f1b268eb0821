import { SyncError } from '../../domain/sync-error.ts';

/** Names and literal addresses of this machine and its link: a base URL must not lead us to our own metadata service. */
const ownAddress =
  /^(localhost|.*\.localhost|127\..*|0\.0\.0\.0|169\.254\..*|\[::1\]|\[::\]|\[fe[89ab].*|\[::ffff:.*)$/i;

/** The address of a path of the connector API. Refuses what is not https or leads back to this machine. */
export function connectorUrl(baseUrl: string, path: string, allowInsecure: boolean): URL {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}${path}`);
  if (allowInsecure) return url;
  if (url.protocol !== 'https:' || url.username !== '' || ownAddress.test(url.hostname))
    throw new SyncError('The base URL of the CRM connection must be https, without a password, and not this machine.', {
      code: 'CRM_URL_REFUSED',
      remedy: { kind: 'pause', scope: 'crmConnection' },
    });
  return url;
}
