import util from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ExchangeService } from 'ews-javascript-api';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { itemOfDraft } from '../../../shared/adapters/ews/ews-items.ts';
import { type EwsLibrary, loadEwsLibrary } from '../../../shared/adapters/ews/ews-library.ts';
import { stampProperty } from '../../../shared/adapters/ews/ews-stamp.ts';
import type { AppointmentDraft } from '../../../shared/domain/appointment.ts';
import { canonicalLine, withoutIllegalCharacters } from '../../../shared/domain/canonical-text.ts';
import type { Stamp } from '../../../shared/domain/item.ts';
import { envelope } from '../../support/canned-server.ts';
import { quietLog } from '../../support/gateway-ports.ts';

/** A service whose requests go nowhere but into `sent`, or get `answer`. */
function serviceOf(library: EwsLibrary, sent: string[], answer?: string): ExchangeService {
  const service = new library.ExchangeService(library.ExchangeVersion.Exchange2016, library.TimeZoneInfo.Utc);
  service.Url = new library.Uri('https://exchange.example/EWS/Exchange.asmx');
  service.Credentials = new library.OAuthCredentials('x', true);
  const api = {
    apiName: 'test',
    xhr: (request: { data: string }) => {
      sent.push(request.data);
      if (answer === undefined) return new Promise(() => {});
      const headers = { headers: {}, getAllResponseHeaders: () => '', getResponseHeader: () => '' };
      return Promise.resolve({ status: 200, responseText: answer, response: answer, ...headers });
    },
  };
  service.XHRApi = api as unknown as typeof service.XHRApi;
  return service;
}

interface Parsed {
  readonly elements: number;
  /** Text of each element by local name, in order. */
  readonly texts: ReadonlyMap<string, string[]>;
  readonly attributes: ReadonlyMap<string, string[]>;
}

function parse(xml: string): Parsed {
  const parser = new SaxesParser();
  const texts = new Map<string, string[]>();
  const attributes = new Map<string, string[]>();
  const open: string[] = [];
  let elements = 0;
  const add = (map: Map<string, string[]>, name: string, value: string) =>
    map.set(name, [...(map.get(name) ?? []), value]);
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    elements += 1;
    open.push('');
    for (const [name, value] of Object.entries(tag.attributes)) add(attributes, name, value);
  });
  parser.on('text', (text) => {
    open[open.length - 1] += text;
  });
  parser.on('closetag', (tag) => add(texts, tag.name.replace(/^.*:/, ''), open.pop() ?? ''));
  parser.write(xml).close();
  return { elements, texts, attributes };
}

const evil = 'x</t:Subject><t:Sensitivity>Private</t:Sensitivity> & "y"';
const draftOf = (text: string, stamp: Stamp): AppointmentDraft => ({
  kind: 'appointment',
  stamp,
  subject: text,
  body: { notes: '', links: {} },
  location: text,
  start: '2026-06-09T07:00:00Z',
  end: '2026-06-09T08:00:00Z',
  timeZone: 'Europe/Berlin',
  allDay: false,
});

describe('the library as it comes', () => {
  let raw: EwsLibrary;
  beforeAll(async () => {
    delete (util as unknown as { isNullOrUndefined?: unknown }).isNullOrUndefined;
    raw = await import('ews-javascript-api');
  });

  test('cannot write an extended property on this Node', async () => {
    const item = new raw.Appointment(serviceOf(raw, []));
    item.SetExtendedProperty(stampProperty(raw), 'a|b');
    const mode = raw.SendInvitationsMode.SendToNone;
    await expect(item.Save(raw.WellKnownFolderName.Calendar, mode)).rejects.toThrow('isNullOrUndefined');
  });

  test('writes a subject as markup', () => {
    const sent: string[] = [];
    const item = new raw.Appointment(serviceOf(raw, sent));
    item.Subject = evil;
    void item.Save(raw.WellKnownFolderName.Calendar, raw.SendInvitationsMode.SendToNone);
    expect(sent[0]).toContain('<t:Sensitivity>Private</t:Sensitivity>');
  });

  test('drops a time zone that it does not know', async () => {
    const { zone } = await readZone(raw);
    expect(zone).toBeUndefined();
  });
});

const zoneAnswer = envelope(
  '<m:GetItemResponse><m:ResponseMessages><m:GetItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Items><t:CalendarItem><t:ItemId Id="i" ChangeKey="c"/><t:StartTimeZone Id="Qyzylorda Standard Time" Name="(UTC+05:00) Qyzylorda"/></t:CalendarItem></m:Items></m:GetItemResponseMessage></m:ResponseMessages></m:GetItemResponse>',
);

async function readZone(library: EwsLibrary): Promise<{ zone: string | undefined }> {
  try {
    const service = serviceOf(library, [], zoneAnswer);
    const item = await library.Appointment.Bind(service, new library.ItemId('i'), library.PropertySet.IdOnly);
    return { zone: item.StartTimeZone?.Id };
  } catch {
    return { zone: undefined };
  }
}

describe('the library as we load it', () => {
  let library: EwsLibrary;
  beforeAll(async () => {
    library = await loadEwsLibrary();
  });

  test('keeps a time zone that it does not know', async () => {
    expect(await readZone(library)).toEqual({ zone: 'Qyzylorda Standard Time' });
  });

  test('finds nothing in empty Items instead of throwing after the work was done', async () => {
    const utilities = await import('ews-javascript-api/js/Core/EwsUtilities.js');
    const { EwsUtilities } = utilities.default as unknown as {
      EwsUtilities: { FindFirstItemOfType(...a: unknown[]): unknown };
    };
    expect(EwsUtilities.FindFirstItemOfType(null, library.Appointment)).toBeNull();
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc
      .array(
        fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
        { maxLength: 40 },
      )
      .map((units) => units.join('')),
    fc
      .array(
        fc.constantFrom('<', '>', '&', '"', "'", ']]>', '<!--', '\r\n', '\t', '\u0000', '\uD800', '\uFFFE', 'a', evil),
        { maxLength: 8 },
      )
      .map((parts) => parts.join('')),
  );

  test('writes every text so that a parser gives back exactly it, without what XML cannot carry', async () => {
    const sizes = new Set<number>();
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (text, id) => {
        const sent: string[] = [];
        const service = serviceOf(library, sent);
        const address = `${text}@contoso.example`;
        service.ImpersonatedUserId = new library.ImpersonatedUserId(library.ConnectingIdType.SmtpAddress, address);
        const stamp = { mailboxId: 'm-1', recordId: `r${id}` } as Stamp;
        const item = itemOfDraft({ library, log: quietLog }, service, draftOf(`s${text}`, stamp));
        const folder = new library.FolderId(`f${id}`);
        void service.CreateItems([item], folder, null as never, library.SendInvitationsMode.SendToNone);
        const { elements, texts, attributes } = parse(sent[0] ?? '');
        sizes.add(elements);
        expect(texts.get('SmtpAddress')).toEqual([withoutIllegalCharacters(address)]);
        expect(texts.get('Subject')).toEqual([canonicalLine(`s${text}`)]);
        expect(texts.get('Value')).toEqual([withoutIllegalCharacters(`m-1|r${id}`)]);
        expect(attributes.get('Id')?.[0]).toBe(withoutIllegalCharacters(`f${id}`));
      }),
      { numRuns: 1000 },
    );
    expect(sizes.size).toBe(1);
  });
});
