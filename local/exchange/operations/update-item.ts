import { isOrganizer } from '../computed-properties.ts';
import { EwsError } from '../ews-error.ts';
import { decodeChangeKey } from '../ids.ts';
import { withRequestSent } from '../item-content.ts';
import { idOnly, writeItem } from '../item-shape.ts';
import { applyUpdates } from '../item-updates.ts';
import type { SendMode } from '../meeting-mails.ts';
import { openItem } from '../open-item.ts';
import { addressesOf } from '../people.ts';
import type { OpenItem, RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { sendMeeting } from '../send-meeting.ts';
import { contentOf } from '../store.ts';
import { writeContent } from '../write-item.ts';
import { childOf, textElement, type XmlElement, xml } from '../xml.ts';

/** AutoResolve lets the last writer win, property by property; NeverOverwrite refuses a stale ChangeKey. */
function checkConflict(open: OpenItem, changeKey: string | undefined, resolution: string | undefined): void {
  if (resolution === 'AlwaysOverwrite') return;
  if (changeKey === undefined) {
    throw new EwsError('ErrorChangeKeyRequiredForWriteOperations', 'A change key is required for this operation.');
  }
  const version = decodeChangeKey(changeKey);
  if (resolution === 'NeverOverwrite' && version !== open.item.version) {
    throw new EwsError(
      'ErrorIrresolvableConflict',
      'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
    );
  }
}

export function updateItem(context: RequestContext, request: XmlElement): XmlElement {
  const by = context.acting?.name ?? context.account.name;
  const { ConflictResolution: resolution, MessageDisposition: disposition } = request.attributes;
  const sendMode = request.attributes['SendMeetingInvitationsOrCancellations'] as SendMode | undefined;
  return respondToEach('UpdateItem', childOf(request, 'm:ItemChanges')?.children ?? [], (change) => {
    const id = change.children[0] ?? xml('', {});
    const open = openItem(context, id);
    const { item } = open;
    if (item.kind === 'CalendarItem' && sendMode === undefined) {
      throw new EwsError(
        'ErrorSendMeetingInvitationsOrCancellationsRequired',
        'SendMeetingInvitationsOrCancellations attribute is required for calendar items.',
      );
    }
    if (item.kind === 'Message' && disposition === undefined) {
      throw new EwsError('ErrorMessageDispositionRequired', 'Message disposition is required for messages.');
    }
    checkConflict(open, id.attributes['ChangeKey'], resolution);
    const sends = item.kind === 'CalendarItem' && sendMode !== undefined && sendMode !== 'SendToNone';
    if (sends && !isOrganizer(open))
      throw new EwsError('ErrorCalendarIsNotOrganizer', 'The caller is not the organizer of the meeting.');
    const updates = childOf(change, 't:Updates')?.children ?? [];
    if (open.occurrence && updates.some((one) => one.children[0]?.attributes['FieldURI'] === 'calendar:Recurrence'))
      throw new EwsError('ErrorCalendarInvalidPropertyState', 'The recurrence belongs to the master of the series.');
    const updated = applyUpdates(context, contentOf(item), updates);
    const next = writeContent(open, sends ? withRequestSent(updated) : updated, by);
    if (sends) sendMeeting(context, sendMode, open, next);
    const result = item.kind === 'Message' && disposition !== 'SaveOnly' ? send(context, next, disposition) : next;
    return [
      xml('m:Items', {}, result && writeItem(result, idOnly, context.directory)),
      xml('m:ConflictResults', {}, textElement('t:Count', '0')),
    ];
  });
}

/** Sends a draft: it leaves its folder for Sent Items, or for nowhere when no copy is wanted. */
function send(
  context: RequestContext,
  { mailbox, item }: OpenItem,
  disposition: string | undefined,
): OpenItem | undefined {
  const { ToRecipients: to, CcRecipients: cc, BccRecipients: bcc, Subject: subject } = item.properties;
  context.store.recordMail({
    mailbox: mailbox.entry.address,
    kind: 'message',
    recipients: addressesOf(to, cc, bcc),
    subject: subject?.text ?? '',
  });
  if (disposition === 'SendOnly') mailbox.store.remove(item.id);
  else mailbox.store.move(item.id, 'sentitems', item.modifiedBy);
  return undefined;
}
