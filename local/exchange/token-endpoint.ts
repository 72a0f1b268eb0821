import type { Authentication } from './authenticate.ts';

export interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** The client-credentials grant as Microsoft Entra ID answers it; id and secret in the form or as Basic. */
export function answerToken(
  authentication: Authentication,
  {
    method,
    authorization,
    form: source,
  }: { method: string | undefined; authorization: string | undefined; form: string },
): TokenAnswer {
  const form = new URLSearchParams(source);
  const basic = /^Basic\s+(.+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const [basicId = '', basicSecret = ''] = Buffer.from(basic, 'base64')
    .toString('utf8')
    .split(':')
    .map(decodeURIComponent);
  const refuse = (status: number, error: string, description: string): TokenAnswer => ({
    status,
    body: { error, error_description: description },
  });
  if (method !== 'POST') return refuse(405, 'invalid_request', 'The token endpoint takes POST.');
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', "AADSTS70003: only 'client_credentials' is simulated.");
  }
  const issued = authentication.issueToken(form.get('client_id') ?? basicId, form.get('client_secret') ?? basicSecret);
  if (!issued) return refuse(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
  const life = issued.expiresInSeconds;
  return {
    status: 200,
    body: { token_type: 'Bearer', expires_in: life, ext_expires_in: life, access_token: issued.token },
  };
}
