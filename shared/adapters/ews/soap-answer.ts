import { attributeOf, scanXml, unescapeXml, XmlRefused } from './xml-scan.ts';

/** One answer to one item of a request, read before the library loses codes it does not know. */
export interface ResponseMessage {
  readonly failed: boolean;
  /** ResponseCode as sent, for example NoError or ErrorItemNotFound. */
  readonly code: string;
  readonly backOffMs: number | undefined;
  /** Ids directly inside Items: what a create, update or move gives back. */
  readonly items: readonly { readonly itemId: string; readonly changeKey: string }[];
}

export interface SoapAnswer {
  /** The document, safe for the library to parse. */
  readonly xml: string;
  readonly fault: { readonly code: string; readonly backOffMs: number | undefined } | undefined;
  readonly messages: readonly ResponseMessage[];
}

/** Deeper nesting than any EWS answer has; what lies deeper is an attack or a defect. */
const deepest = 64;

interface Draft {
  readonly depth: number;
  readonly failed: boolean;
  code: string;
  backOffMs: number | undefined;
  readonly items: { itemId: string; changeKey: string }[];
}

/** Reads a whole answer of Exchange Web Services. Throws XmlRefused for what is no complete and harmless SOAP envelope. */
export function readSoapAnswer(body: string): SoapAnswer {
  const messages: Draft[] = [];
  let message: Draft | undefined;
  let fault: { code: string; backOffMs: number | undefined } | undefined;
  let faultDepth = 0;
  let valueName: string | undefined;

  const xml = scanXml(body.replace(/^\uFEFF/, ''), deepest, {
    open(name, attributes, depth) {
      if (depth === 1 && name !== 'Envelope') throw new XmlRefused('AnswerNotWellFormed');
      if (name === 'Fault' && depth === 3) {
        fault = { code: '', backOffMs: undefined };
        faultDepth = depth;
        return;
      }
      if (name === 'Value') valueName = attributeOf(attributes, 'Name');
      if (message === undefined) {
        const responseClass = attributes.includes('ResponseClass') && attributeOf(attributes, 'ResponseClass');
        if (typeof responseClass !== 'string') return;
        message = { depth, failed: responseClass === 'Error', code: '', backOffMs: undefined, items: [] };
        messages.push(message);
      } else if (name === 'ItemId' && depth === message.depth + 3) {
        message.items.push({
          itemId: attributeOf(attributes, 'Id') ?? '',
          changeKey: attributeOf(attributes, 'ChangeKey') ?? '',
        });
      }
    },
    close(name, depth, text) {
      const target = message ?? fault;
      if (target === undefined) return;
      if (name === 'Value' && valueName === 'BackOffMilliseconds') target.backOffMs = Number(text.trim()) || undefined;
      if (message !== undefined) {
        if (name === 'ResponseCode' && depth === message.depth + 1) message.code = unescapeXml(text.trim());
        if (depth === message.depth) message = undefined;
      } else if (fault !== undefined && depth > faultDepth) {
        if (name === 'ResponseCode') fault.code = unescapeXml(text.trim());
        if (name === 'faultcode' && fault.code === '') fault.code = unescapeXml(text.trim()).replace(/^.*:/, '');
      }
    },
  });
  return { xml, fault, messages };
}
