import { describe, expect, test } from '@jest/globals';
import { childText, namespaces, parseXml, textElement, writeXml, xml } from '../../../local/exchange/xml.ts';

describe('the XML of the Exchange simulator', () => {
  test('refuses a document type, which could hide an entity bomb', () => {
    expect(() => parseXml('<!DOCTYPE a [<!ENTITY b "c">]><a/>')).toThrow('document type');
  });

  test('refuses what is not well-formed', () => {
    expect(() => parseXml('<a><b></a>')).toThrow();
    expect(() => parseXml('')).toThrow();
  });

  test('knows a namespace by its URI, whatever the prefix', () => {
    const element = parseXml(
      `<x:Root xmlns:x="${namespaces.m}"><Sub xmlns="${namespaces.t}" Id="1"><![CDATA[a<b]]></Sub></x:Root>`,
    );
    expect(element.name).toBe('m:Root');
    expect(childText(element, 't:Sub')).toBe('a<b');
    expect(element.children[0]?.attributes).toEqual({ Id: '1' });
  });

  test('reads back every text it has written, and drops what XML cannot carry', () => {
    const text = 'a & b <c> "d" \'e\'\r\n\t]]> \u{1F600} é';
    const source = writeXml(
      xml('t:R', { 'xmlns:t': namespaces.t, a: text }, textElement('t:S', `${text}\u0000\u{FFFE}`)),
    );
    const read = parseXml(source);
    expect(read.attributes['a']).toBe(text);
    expect(childText(read, 't:S')).toBe(text);
  });
});
