import util from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ews from 'ews-javascript-api';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';

// Node 23 took away what the library calls when it writes an extended property.
(util as { isNullOrUndefined?: (value: unknown) => boolean }).isNullOrUndefined ??= (value) =>
  value === null || value === undefined;

let exchange: Exchange;
beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes });
});
afterAll(() => exchange.close());

function service(mailbox: string): ews.ExchangeService {
  const one = new ews.ExchangeService(ews.ExchangeVersion.Exchange2016, ews.TimeZoneInfo.Utc);
  one.Url = new ews.Uri(exchange.url);
  one.Credentials = new ews.WebCredentials('sync@contoso.example', 'local-only');
  one.ImpersonatedUserId = new ews.ImpersonatedUserId(ews.ConnectingIdType.SmtpAddress, mailbox);
  return one;
}

const crmId = new ews.ExtendedPropertyDefinition(
  new ews.Guid('c11ff724-aa03-4555-9952-8fa248a11c3e'),
  'CrmId',
  ews.MapiPropertyType.String,
);

function newAppointment(one: ews.ExchangeService, subject: string): ews.Appointment {
  const appointment = new ews.Appointment(one);
  appointment.Subject = subject;
  appointment.Body = new ews.MessageBody(ews.BodyType.HTML, '');
  appointment.StartTimeZone = ews.TimeZoneInfo.FindSystemTimeZoneById('W. Europe Standard Time');
  appointment.EndTimeZone = appointment.StartTimeZone;
  appointment.Start = new ews.DateTime('2026-07-01T07:00:00.000Z');
  appointment.End = new ews.DateTime('2026-07-01T08:00:00.000Z');
  appointment.SetExtendedProperty(crmId, 'crm-1');
  return appointment;
}

describe('ews-javascript-api against the Exchange simulator', () => {
  test('saves, binds, updates, finds, syncs and deletes an appointment', async () => {
    const one = service('rep1@contoso.example');
    const made = newAppointment(one, 'first');
    await made.Save(ews.WellKnownFolderName.Calendar, ews.SendInvitationsMode.SendToNone);
    const properties = new ews.PropertySet(ews.BasePropertySet.FirstClassProperties, [crmId]);
    const bound = await ews.Appointment.Bind(one, made.Id, properties);
    expect(bound.Subject).toBe('first');
    expect(bound.Start.ToISOString()).toBe('2026-07-01T07:00:00.000Z');
    expect(bound.StartTimeZone.Id).toBe('W. Europe Standard Time');
    const stamp: { outValue: unknown } = { outValue: undefined };
    expect(bound.TryGetProperty(crmId, stamp as never)).toBe(true);
    expect(stamp.outValue).toBe('crm-1');

    const view = new ews.ItemView(10);
    view.PropertySet = new ews.PropertySet(ews.BasePropertySet.IdOnly, [crmId]);
    const found = await one.FindItems(
      ews.WellKnownFolderName.Calendar,
      new ews.SearchFilter.IsEqualTo(crmId, 'crm-1'),
      view,
    );
    expect(found.TotalCount).toBe(1);

    const sync = (state: string) =>
      one.SyncFolderItems(
        new ews.FolderId(ews.WellKnownFolderName.Calendar),
        ews.PropertySet.IdOnly,
        null as never,
        512,
        ews.SyncFolderItemsScope.NormalItems,
        state,
      );
    const before = await sync(null as never);
    expect(before.Count).toBe(1);
    bound.Subject = 'second';
    await bound.Update(ews.ConflictResolutionMode.NeverOverwrite, ews.SendInvitationsOrCancellationsMode.SendToNone);
    const changed = await sync(before.SyncState);
    expect([changed.Count, changed._getItem(0).ChangeType]).toEqual([1, ews.ChangeType.Update]);
    await bound.Delete(ews.DeleteMode.HardDelete, ews.SendCancellationsMode.SendToNone);
    const gone = await sync(changed.SyncState);
    expect([gone.Count, gone._getItem(0).ChangeType]).toEqual([1, ews.ChangeType.Delete]);
  });

  test('reads folder, time zones and names', async () => {
    const one = service('rep2@contoso.example');
    const folder = await ews.Folder.Bind(one, ews.WellKnownFolderName.Calendar);
    expect(folder.DisplayName).toBe('Calendar');
    expect((await one.ResolveName('miriam'))._getItem(0).Mailbox.Address).toBe('manager@contoso.example');
    const zones = await one.GetServerTimeZones();
    expect(zones.length).toBeGreaterThan(20);
  });

  test('gets the codes of a stale ChangeKey and of a mailbox that it may not act for', async () => {
    const one = service('rep1@contoso.example');
    const made = newAppointment(one, 'conflict');
    await made.Save(ews.WellKnownFolderName.Calendar, ews.SendInvitationsMode.SendToNone);
    const [left, right] = await Promise.all([ews.Appointment.Bind(one, made.Id), ews.Appointment.Bind(one, made.Id)]);
    left.Subject = 'left';
    right.Subject = 'right';
    const update = (appointment: ews.Appointment) =>
      appointment.Update(ews.ConflictResolutionMode.NeverOverwrite, ews.SendInvitationsOrCancellationsMode.SendToNone);
    await update(left);
    await expect(update(right)).rejects.toMatchObject({ ErrorCode: ews.ServiceError.ErrorIrresolvableConflict });
    await expect(
      ews.Folder.Bind(service('finance@contoso.example'), ews.WellKnownFolderName.Calendar),
    ).rejects.toMatchObject({
      ResponseCode: ews.ServiceError.ErrorImpersonateUserDenied,
    });
  });

  test('makes a series, changes and deletes occurrences, and reads what became of it', async () => {
    const one = service('manager@contoso.example');
    const made = newAppointment(one, 'series');
    const pattern = new ews.Recurrence.WeeklyPattern();
    pattern.StartDate = new ews.DateTime('2026-07-01T12:00:00Z');
    pattern.Interval = 1;
    pattern.DaysOfTheWeek.Add(ews.DayOfTheWeek.Wednesday);
    pattern.NumberOfOccurrences = 4;
    made.Recurrence = pattern;
    await made.Save(ews.WellKnownFolderName.Calendar, ews.SendInvitationsMode.SendToNone);
    const second = await ews.Appointment.BindToOccurrence(one, made.Id, 2);
    second.Subject = 'special';
    await second.Update(ews.ConflictResolutionMode.AutoResolve, ews.SendInvitationsOrCancellationsMode.SendToNone);
    const third = await ews.Appointment.BindToOccurrence(one, made.Id, 3);
    await third.Delete(ews.DeleteMode.MoveToDeletedItems, ews.SendCancellationsMode.SendToNone);

    const master = await ews.Appointment.BindToRecurringMaster(one, second.Id);
    expect(master.Recurrence).toBeInstanceOf(ews.Recurrence.WeeklyPattern);
    expect(master.Recurrence.NumberOfOccurrences).toBe(4);
    expect(master.LastOccurrence.OriginalStart.ToISOString()).toBe('2026-07-22T07:00:00.000Z');
    expect(master.ModifiedOccurrences._getItem(0).OriginalStart.ToISOString()).toBe('2026-07-08T07:00:00.000Z');
    expect(master.DeletedOccurrences._getItem(0).OriginalStart.ToISOString()).toBe('2026-07-15T07:00:00.000Z');
    const view = new ews.CalendarView(
      new ews.DateTime('2026-07-01T00:00:00Z'),
      new ews.DateTime('2026-08-01T00:00:00Z'),
      50,
    );
    const found = await one.FindAppointments(ews.WellKnownFolderName.Calendar, view);
    expect(found.Items.map((item) => [item.Subject, ews.AppointmentType[item.AppointmentType]])).toEqual([
      ['series', 'Occurrence'],
      ['special', 'Exception'],
      ['series', 'Occurrence'],
    ]);
  });

  test('invites, and the guest accepts', async () => {
    const organizer = service('rep1@contoso.example');
    const meeting = newAppointment(organizer, 'meeting');
    meeting.RequiredAttendees.Add('rep2@contoso.example');
    await meeting.Save(ews.WellKnownFolderName.Calendar, ews.SendInvitationsMode.SendToAllAndSaveCopy);
    const guest = service('rep2@contoso.example');
    const view = new ews.CalendarView(
      new ews.DateTime('2026-07-01T00:00:00Z'),
      new ews.DateTime('2026-07-02T00:00:00Z'),
      5,
    );
    const [copy] = (await guest.FindAppointments(ews.WellKnownFolderName.Calendar, view)).Items;
    await copy?.Accept(true);
    const after = await ews.Appointment.Bind(organizer, meeting.Id);
    expect(after.RequiredAttendees._getItem(0).ResponseType).toBe(ews.MeetingResponseType.Accept);
  });
});
