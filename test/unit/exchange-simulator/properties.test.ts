import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { itemKinds, propertiesOf } from '../../../local/exchange/properties.ts';

const schemas = path.join(import.meta.dirname, '../../../../shared/ews-schema');
const files = {
  CalendarItem: ['MS-OXWSMTGS-types', 'CalendarItemType'],
  Message: ['MS-OXWSMSG-types', 'MessageType'],
  Task: ['MS-OXWSTASK-types', 'TaskType'],
  Contact: ['MS-OXWSCONT-types', 'ContactItemType'],
} as const;

function elementsOf(file: string, type: string): string[] {
  const source = readFileSync(path.join(schemas, `${file}.xsd`), 'utf8');
  const start = source.indexOf(`<xs:complexType name="${type}"`);
  const body = source.slice(start, source.indexOf('</xs:complexType>', start));
  return [...body.matchAll(/<xs:element name ?="(\w+)"/g)].map((match) => match[1] ?? '');
}

test.each(itemKinds)('the property table of %s has the elements of the schema in its order', (kind) => {
  if (!existsSync(schemas)) {
    process.stderr.write(
      "SKIPPED: the property table is not compared, Microsoft's EWS schema is not at ../shared/ews-schema\n",
    );
    return;
  }
  const [file, type] = files[kind];
  const expected = [...elementsOf('MS-OXWSCORE-types', 'ItemType'), ...elementsOf(file, type)];
  expect(propertiesOf[kind].map((property) => property.element)).toEqual(expected);
});

test('every element and field URI of a kind is there once', () => {
  for (const kind of itemKinds) {
    for (const field of ['element', 'fieldUri'] as const) {
      const names = propertiesOf[kind].map((property) => property[field]);
      expect(new Set(names).size).toBe(names.length);
    }
  }
});
