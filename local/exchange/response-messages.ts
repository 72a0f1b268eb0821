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

const success = (operation: string, content: readonly XmlElement[]) =>
  xml(
    `m:${operation}ResponseMessage`,
    { ResponseClass: 'Success' },
    textElement('m:ResponseCode', 'NoError'),
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
  act: (input: Input, index: number) => readonly XmlElement[],
): XmlElement {
  const messages = inputs.map((input, index) => {
    try {
      return success(operation, act(input, index));
    } catch (error) {
      if (error instanceof EwsError && !(error instanceof EwsFault)) return failure(operation, error);
      throw error;
    }
  });
  return xml(`m:${operation}Response`, {}, xml('m:ResponseMessages', {}, ...messages));
}
