import type { Appointment, AppointmentDraft, AppointmentPatch } from './appointment.ts';
import type { ContactItem, ContactItemDraft, ContactItemPatch } from './contact-item.ts';
import type { Task, TaskDraft, TaskPatch } from './task.ts';

/** Whatever of a mailbox is synchronised. */
export type SyncItem = Appointment | Task | ContactItem;
export type ItemDraft = AppointmentDraft | TaskDraft | ContactItemDraft;
export type ItemPatch = AppointmentPatch | TaskPatch | ContactItemPatch;
