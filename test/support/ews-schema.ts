import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  XmlBufferInputProvider,
  XmlDocument,
  XmlValidateError,
  XsdValidator,
  xmlRegisterInputProvider,
} from 'libxml2-wasm';

/** Microsoft's schema of EWS lies beside the project where it is at hand; it is not part of the project. */
const folder = path.join(import.meta.dirname, '../../../shared/ews-schema');
let validator: XsdValidator | undefined;

/** The published type of transitions is not deterministic for libxml2 (members of one substitution group): any of them may stand there. */
const relax = (schema: string) =>
  schema.replace(
    /(<xs:complexType name="ArrayOfTransitionsType">\s*<xs:sequence>)\s*<xs:element ref="t:Transition" maxOccurs="unbounded"\/>/,
    '$1<xs:any maxOccurs="unbounded" processContents="lax"/>',
  );

function compile(): XsdValidator {
  const url = (file: string) => `ews-schema/${file}`;
  const files = readdirSync(folder).filter((file) => file.endsWith('.xsd'));
  const contents = files.map((file): [string, Uint8Array] => [
    url(file),
    new TextEncoder().encode(relax(readFileSync(path.join(folder, file), 'utf8'))),
  ]);
  const provider = new XmlBufferInputProvider(Object.fromEntries(contents));
  xmlRegisterInputProvider(provider);
  const schema = XmlDocument.fromBuffer(new Map(contents).get(url('all-messages.xsd')) ?? new Uint8Array(), {
    url: url('all-messages.xsd'),
  });
  return XsdValidator.fromDoc(schema);
}

/**
 * What Microsoft's schema (Exchange 2016) says against the child of soap:Body, or against a header; [] when it is valid,
 * undefined when the schema is not there.
 */
export function ewsSchemaErrors(bodyXml: string): string[] | undefined {
  if (!existsSync(path.join(folder, 'all-messages.xsd'))) return undefined;
  validator ??= compile();
  const document = XmlDocument.fromString(bodyXml);
  try {
    validator.validate(document);
    return [];
  } catch (error) {
    if (error instanceof XmlValidateError)
      return error.details.map((detail) => `${detail.line}: ${detail.message.trim()}`);
    throw error;
  } finally {
    document.dispose();
  }
}
