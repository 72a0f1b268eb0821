import type { BodyDraft, BodyPatch } from './body-patch.ts';
import type { ContactFields } from './contact.ts';
import type { CommonItem, Stamp } from './item.ts';
import type { PlainDate } from './plain-date.ts';

/** A contact as read from Exchange; its notes are its body. */
export interface ContactItem extends CommonItem, Omit<ContactFields, 'notes'> {
  readonly kind: 'contact';
  readonly categories: readonly string[];
  readonly private: boolean;
}

export interface ContactItemDraft extends Omit<ContactFields, 'notes'> {
  readonly kind: 'contact';
  readonly stamp: Stamp;
  readonly body: BodyDraft;
}

/** Lists and maps come whole; `birthday: null` takes it away. */
export type ContactItemPatch = Partial<Omit<ContactFields, 'notes' | 'birthday'>> & {
  readonly kind: 'contact';
  /** null takes it off. */
  readonly stamp?: Stamp | null;
  readonly body?: BodyPatch;
  readonly birthday?: PlainDate | null;
};
