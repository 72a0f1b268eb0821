import type { ItemKind, Notify } from '../../domain/item.ts';
import { type EwsLibrary, leftOut } from './ews-library.ts';

/** Only meetings have people to tell: requests about items of other kinds must not say whom. */
export function invitationsMode(library: EwsLibrary, kind: ItemKind, notify: Notify) {
  const { SendToNone, SendOnlyToAll } = library.SendInvitationsMode;
  return kind !== 'appointment' ? leftOut : notify === 'all' ? SendOnlyToAll : SendToNone;
}

export function updatesMode(library: EwsLibrary, kind: ItemKind, notify: Notify) {
  const { SendToNone, SendOnlyToAll } = library.SendInvitationsOrCancellationsMode;
  return kind !== 'appointment' ? leftOut : notify === 'all' ? SendOnlyToAll : SendToNone;
}

export function cancellationsMode(library: EwsLibrary, kind: ItemKind, notify: Notify) {
  const { SendToNone, SendOnlyToAll } = library.SendCancellationsMode;
  return kind !== 'appointment' ? leftOut : notify === 'all' ? SendOnlyToAll : SendToNone;
}
