import { EwsFault } from './ews-error.ts';
import { childOf, namespaces, parseXml, textElement, writeXml, type XmlElement, xml } from './xml.ts';

export interface SoapRequest {
  /** The single child of soap:Body. */
  body: XmlElement;
  header: XmlElement | undefined;
}

const envelopeStart = `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${namespaces.s}">`;

/** Exchange 2016 CU23; the Version attribute is one that clients must not send back, as the real server's is not. */
const serverVersion =
  `<h:ServerVersionInfo MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="39" ` +
  `Version="V2017_07_11" xmlns:h="${namespaces.t}"/>`;

/** @throws EwsFault when the text is no SOAP request. */
export function readEnvelope(source: string): SoapRequest {
  let envelope: XmlElement;
  try {
    envelope = parseXml(source);
  } catch (cause) {
    const error = new EwsFault('ErrorInvalidRequest', `The request is invalid: ${(cause as Error).message}`);
    error.cause = cause;
    throw error;
  }
  const body = childOf(envelope, 's:Body')?.children[0];
  if (envelope.name !== 's:Envelope' || !body) {
    throw new EwsFault('ErrorInvalidRequest', 'The request is invalid: no SOAP 1.1 envelope with a body was found.');
  }
  return { body, header: childOf(envelope, 's:Header') };
}

export function writeAnswer(body: XmlElement): string {
  const namespaced = { ...body, attributes: { 'xmlns:m': namespaces.m, 'xmlns:t': namespaces.t, ...body.attributes } };
  return `${envelopeStart}<s:Header>${serverVersion}</s:Header><s:Body>${writeXml(namespaced)}</s:Body></s:Envelope>`;
}

/** MessageXml of a fault and of a response message: named values such as BackOffMilliseconds. */
export function messageValues(values: Readonly<Record<string, string>>): XmlElement[] {
  return Object.entries(values).map(([name, value]) => textElement('t:Value', value, { Name: name }));
}

/** The form in which Exchange sends its faults: code in faultcode's local name and again in the detail. */
export function writeFault(fault: EwsFault): string {
  const errors = { 'xmlns:e': 'http://schemas.microsoft.com/exchange/services/2006/errors' };
  const extra = [
    ...Object.entries(fault.details).map(([name, value]) => textElement(`t:${name}`, value)),
    ...messageValues(fault.values),
  ];
  const body = xml(
    's:Fault',
    {},
    textElement('faultcode', `a:${fault.code}`, { 'xmlns:a': namespaces.t }),
    textElement('faultstring', fault.message, { 'xml:lang': 'en-US' }),
    xml(
      'detail',
      {},
      textElement('e:ResponseCode', fault.code, errors),
      textElement('e:Message', fault.message, errors),
      extra.length > 0 ? xml('t:MessageXml', { 'xmlns:t': namespaces.t }, ...extra) : undefined,
    ),
  );
  return `${envelopeStart}<s:Body>${writeXml(body)}</s:Body></s:Envelope>`;
}
