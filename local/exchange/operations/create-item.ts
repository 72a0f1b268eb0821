import { EwsError } from '../ews-error.ts';
import { homeFolder, wrongFolderError } from '../folders.ts';
import { readNewItem, withRequestSent } from '../item-content.ts';
import { idOnly, writeItem } from '../item-shape.ts';
import type { SendMode } from '../meeting-mails.ts';
import { addressesOf } from '../people.ts';
import { type ItemKind, itemKinds } from '../properties.ts';
import { type OpenFolder, openFolder, type RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { sendMeeting } from '../send-meeting.ts';
import { childOf, textElement, type XmlElement, xml } from '../xml.ts';
import { isResponseObject, respondToItem } from './respond-to-item.ts';

function kindOf(element: XmlElement): ItemKind {
  const name = element.name.slice(2);
  const kind = itemKinds.find((one) => one === (name === 'Item' ? 'Message' : name));
  if (!kind)
    throw new EwsError('ErrorInvalidItemForOperationCreateItem', `Items of type ${name} cannot be created here.`);
  return kind;
}

/** Default folder of the kind, unless the request names one of the right class. */
function targetFolder(context: RequestContext, request: XmlElement, kind: ItemKind, home: string): OpenFolder {
  const named = childOf(request, 'm:SavedItemFolderId')?.children[0];
  const target = openFolder(context, named ?? textElement('t:DistinguishedFolderId', '', { Id: home }));
  const rule = wrongFolderError[kind];
  if (rule && target.folder.folderClass !== rule.folderClass) {
    throw new EwsError(rule.code, `${kind} items cannot be created in the folder ${target.folder.displayName}.`);
  }
  return target;
}

export function createItem(context: RequestContext, request: XmlElement): XmlElement {
  const by = context.acting?.name ?? context.account.name;
  return respondToEach('CreateItem', childOf(request, 'm:Items')?.children ?? [], (element) => {
    const disposition = request.attributes['MessageDisposition'];
    if (isResponseObject(element)) return [xml('m:Items', {}, respondToItem(context, element, disposition))];
    const kind = kindOf(element);
    const sendMode = request.attributes['SendMeetingInvitations'] as SendMode | undefined;
    if (kind === 'CalendarItem' && sendMode === undefined) {
      throw new EwsError(
        'ErrorSendMeetingInvitationsRequired',
        'SendMeetingInvitations attribute is required for calendar items.',
      );
    }
    if (kind === 'Message' && disposition === undefined) {
      throw new EwsError('ErrorMessageDispositionRequired', 'Message disposition is required for messages.');
    }
    const sends = kind === 'Message' && disposition !== 'SaveOnly';
    const target = targetFolder(context, request, kind, sends ? 'sentitems' : homeFolder[kind]);
    const { mailbox } = target;
    const read = readNewItem(context, kind, element);
    const content = sendMode !== undefined && sendMode !== 'SendToNone' ? withRequestSent(read) : read;
    if (sends) {
      const { ToRecipients: to, CcRecipients: cc, BccRecipients: bcc, Subject: subject } = content.properties;
      const recipients = addressesOf(to, cc, bcc);
      if (recipients.length === 0) throw new EwsError('ErrorInvalidRecipients', 'At least one recipient isn’t valid.');
      context.store.recordMail({
        mailbox: mailbox.entry.address,
        kind: 'message',
        recipients,
        subject: subject?.text ?? '',
      });
      if (disposition === 'SendOnly') return [xml('m:Items', {})];
    }
    const item = mailbox.store.insert(target.folder.name, content, by);
    if (kind === 'CalendarItem') sendMeeting(context, sendMode ?? 'SendToNone', undefined, { mailbox, item });
    return [xml('m:Items', {}, writeItem({ mailbox, item }, idOnly, context.directory))];
  });
}
