import { EwsError, EwsFault } from './ews-error.ts';
import { messageValues } from './soap-envelope.ts';
import { textElement, type XmlElement, xml } from './xml.ts';

/** Elements that the schema demands in a response message even when it reports an error. */
const alwaysThere: Readonly<Record<string, string>> = {
  GetItem: 'm:Items',
  CreateItem: 'm:Items',
  UpdateItem: 'm:Items',
  MoveItem: 'm:Items',
  CopyItem: 'm:Items',
  GetServerTimeZones: 'm:TimeZoneDefinitions',
};

/** Done, but with something to tell. */
export interface Warning {
  code: string;
  message: string;
  content: readonly XmlElement[];
}

const success = (operation: string, content: readonly XmlElement[]) =>
  xml(
    `m:${operation}ResponseMessage`,
    { ResponseClass: 'Success' },
    textElement('m:ResponseCode', 'NoError'),
    ...content,
  );

const warning = (operation: string, { code, message, content }: Warning) =>
  xml(
    `m:${operation}ResponseMessage`,
    { ResponseClass: 'Warning' },
    textElement('m:MessageText', message),
    textElement('m:ResponseCode', code),
    textElement('m:DescriptiveLinkKey', '0'),
    ...content,
  );

function failure(operation: string, error: EwsError): XmlElement {
  const values = messageValues(error.values);
  const required = alwaysThere[operation];
  return xml(
    `m:${operation}ResponseMessage`,
    { ResponseClass: 'Error' },
    textElement('m:MessageText', error.message),
    textElement('m:ResponseCode', error.code),
    textElement('m:DescriptiveLinkKey', '0'),
    values.length > 0 ? xml('m:MessageXml', {}, ...values) : undefined,
    required === undefined ? undefined : xml(required, {}),
  );
}

/**
 * One response message for each input, in their order. An EwsError of `act` fails that input alone; a fault ends the request.
 * `act` returns what follows the ResponseCode in the message.
 */
export function respondToEach<Input>(
  operation: string,
  inputs: readonly Input[],
  act: (input: Input) => readonly XmlElement[] | Warning,
): XmlElement {
  const messages = inputs.map((input) => {
    try {
      const outcome = act(input);
      return 'code' in outcome ? warning(operation, outcome) : success(operation, outcome);
    } catch (error) {
      if (error instanceof EwsError && !(error instanceof EwsFault)) return failure(operation, error);
      throw error;
    }
  });
  return xml(`m:${operation}Response`, {}, xml('m:ResponseMessages', {}, ...messages));
}
