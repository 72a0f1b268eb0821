"""A foreign EWS client against the simulator: exchangelib lists, makes, edits and deletes events. Prints one JSON line."""

import datetime
import json
import sys
import zoneinfo

try:
    import exchangelib
except ImportError:
    print(json.dumps({"skipped": "the Python module exchangelib cannot be imported"}))
    sys.exit(0)

from exchangelib import IMPERSONATION, Account, CalendarItem, Configuration, Credentials, ExtendedProperty, HTMLBody
from exchangelib.errors import ErrorItemNotFound
from exchangelib.items import SEND_TO_NONE
from exchangelib.properties import Attendee, Mailbox


class CrmId(ExtendedProperty):
    property_set_id = "c11ff724-aa03-4555-9952-8fa248a11c3e"
    property_name = "CrmId"
    property_type = "String"


CalendarItem.register("crm_id", CrmId)

endpoint, address = sys.argv[1], sys.argv[2]
config = Configuration(
    service_endpoint=endpoint,
    credentials=Credentials("sync@contoso.example", "local-only"),
    auth_type="basic",
    max_connections=1,
)
account = Account(
    primary_smtp_address=address,
    config=config,
    autodiscover=False,
    access_type=IMPERSONATION,
    default_timezone=exchangelib.EWSTimeZone("Europe/Berlin"),
)
berlin = account.default_timezone
start = exchangelib.EWSDateTime(2026, 7, 1, 9, 0, tzinfo=berlin)
hour = datetime.timedelta(hours=1)
result = {"version": exchangelib.__version__, "server": str(account.version.build)}

item = CalendarItem(
    account=account,
    folder=account.calendar,
    subject="Tour & tasting <3",
    body=HTMLBody("<p>Hello</p>"),
    start=start,
    end=start + hour,
    location="Garden",
    categories=["Sales"],
    crm_id="crm-1",
    required_attendees=[Attendee(mailbox=Mailbox(email_address="rep2@contoso.example"), response_type="Unknown")],
)
item.save(send_meeting_invitations=SEND_TO_NONE)
CalendarItem(account=account, folder=account.calendar, subject="Second", start=start + hour, end=start + 2 * hour).save(
    send_meeting_invitations=SEND_TO_NONE
)
all_day = CalendarItem(
    account=account,
    folder=account.calendar,
    subject="Whole day",
    is_all_day=True,
    start=exchangelib.EWSDate(2026, 7, 2),
    end=exchangelib.EWSDate(2026, 7, 2),
)
all_day.save(send_meeting_invitations=SEND_TO_NONE)

result["listed"] = [i.subject for i in account.calendar.all().order_by("start")]
result["viewed"] = sorted(i.subject for i in account.calendar.view(start=start, end=start + hour))
result["filtered"] = [i.subject for i in account.calendar.filter(crm_id="crm-1")]
result["starting"] = [i.subject for i in account.calendar.filter(subject__startswith="Sec")]
found = account.calendar.get(crm_id="crm-1")
result["body"] = str(found.body)
result["start"] = found.start.astimezone(zoneinfo.ZoneInfo("UTC")).isoformat()
result["organizer"] = found.organizer.email_address
result["attendees"] = [a.mailbox.email_address for a in found.required_attendees]
result["whole_day"] = str(account.calendar.get(subject="Whole day").start)

found.subject = "Moved"
found.start = start + 3 * hour
found.end = start + 4 * hour
found.crm_id = "crm-2"
found.save(update_fields=["subject", "start", "end", "crm_id"], send_meeting_invitations=SEND_TO_NONE)
again = account.calendar.get(crm_id="crm-2")
result["updated"] = [again.subject, again.start.astimezone(zoneinfo.ZoneInfo("UTC")).isoformat()]

result["changes"] = [(kind, change.subject) for kind, change in account.calendar.sync_items(only_fields=["subject"])]
deleted_id = (again.id, again.changekey)
again.delete(send_meeting_cancellations=SEND_TO_NONE)
result["changes_after"] = [kind for kind, _ in account.calendar.sync_items()]
try:
    result["gone"] = str(next(iter(account.fetch([deleted_id]))))
except ErrorItemNotFound as error:
    result["gone"] = type(error).__name__

all_day.move(to_folder=account.trash)
result["total"] = account.calendar.total_count
account.calendar.refresh()
result["total_after"] = account.calendar.total_count
result["folders"] = sorted(f.name for f in account.msg_folder_root.walk())
result["resolved"] = [mailbox.email_address for mailbox in account.protocol.resolve_names(["rafael"])]
result["zones"] = len(list(account.protocol.get_timezones(return_full_timezone_data=True)))
print(json.dumps(result))
