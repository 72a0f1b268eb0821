import { ewsSchemaErrors } from './ews-schema.ts';

export interface SoapAnswer {
  status: number;
  headers: Headers;
  /** The whole envelope. */
  text: string;
  /** Text of the first element with this local name, entities resolved, or undefined. */
  first(name: string): string | undefined;
  /** Of every element with this name, in order. */
  all(name: string): string[];
  /** Value of an attribute of the first element with this name. */
  attribute(name: string, attribute: string): string | undefined;
  attributes(name: string, attribute: string): string[];
}

export interface SoapCall {
  user?: string;
  password?: string;
  bearer?: string;
  as?: string;
  version?: string;
  /** More SOAP headers. */
  header?: string;
}

export const soapNamespaces =
  'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" ' +
  'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"';

const plain = (xml: string) =>
  xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#xD;', '\r')
    .replaceAll('&amp;', '&');

let warned = false;

/** Every answer with a body is held against Microsoft's schema, when it is at hand. */
function checkSchema(text: string): void {
  const body = /<s:Body>(.*)<\/s:Body>/s.exec(text)?.[1];
  if (body === undefined || body.startsWith('<s:Fault')) return;
  const errors = ewsSchemaErrors(body);
  if (errors === undefined && !warned) {
    warned = true;
    process.stderr.write("SKIPPED: answers are not validated, Microsoft's EWS schema is not at ../shared/ews-schema\n");
  }
  if (errors !== undefined && errors.length > 0)
    throw new Error(`the answer is not valid by Microsoft's schema:\n${errors.join('\n')}\n${body}`);
}

export function soapClient(url: string, defaults: SoapCall = {}) {
  return async (body: string, call: SoapCall = {}): Promise<SoapAnswer> => {
    const {
      user,
      password = 'local-only',
      bearer,
      as,
      version = 'Exchange2016',
      header = '',
    } = { ...defaults, ...call };
    const impersonation = as
      ? `<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>${as}</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>`
      : '';
    const basic = user ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined;
    const authorization = bearer ? `Bearer ${bearer}` : basic;
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'text/xml; charset=utf-8',
        ...(authorization ? { Authorization: authorization } : {}),
      },
      body:
        `<?xml version="1.0" encoding="utf-8"?><soap:Envelope ${soapNamespaces}><soap:Header><t:RequestServerVersion Version="${version}"/>` +
        `${impersonation}${header}</soap:Header><soap:Body>${body}</soap:Body></soap:Envelope>`,
    });
    const text = await response.text();
    checkSchema(text);
    const content = /<s:Body>(.*)<\/s:Body>/s.exec(text)?.[1] ?? '';
    const elements = (name: string) => [
      ...content.matchAll(new RegExp(`<(?:\\w+:)?${name}((?:\\s[^>]*?)?)(?:/>|>(.*?)</(?:\\w+:)?${name}>)`, 'gs')),
    ];
    const attributes = (name: string, attribute: string) =>
      elements(name).flatMap((match) => {
        const value = new RegExp(`\\s${attribute}="([^"]*)"`).exec(match[1] ?? '')?.[1];
        return value === undefined ? [] : [plain(value)];
      });
    const all = (name: string) => elements(name).map((match) => plain(match[2] ?? ''));
    return {
      status: response.status,
      headers: response.headers,
      text,
      all,
      first: (name) => all(name)[0],
      attributes,
      attribute: (name, attribute) => attributes(name, attribute)[0],
    };
  };
}
