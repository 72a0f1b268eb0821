import type { BodyDraft, BodyPatch } from './body-patch.ts';
import type { CommonItem, Stamp } from './item.ts';
import type { PlainDate } from './plain-date.ts';

/** A task as read from Exchange. */
export interface Task extends CommonItem {
  readonly kind: 'task';
  readonly subject: string;
  /** Dates, not instants: Exchange keeps them as midnights and clients show them as dates. */
  readonly dueDate: PlainDate | undefined;
  readonly startDate: PlainDate | undefined;
  readonly complete: boolean;
  /** It makes itself anew when it is completed: such tasks are left alone. */
  readonly recurring: boolean;
  readonly categories: readonly string[];
  readonly private: boolean;
}

export interface TaskDraft {
  readonly kind: 'task';
  readonly stamp: Stamp;
  readonly subject: string;
  readonly body: BodyDraft;
  readonly dueDate: PlainDate;
  readonly complete: boolean;
}

export interface TaskPatch {
  readonly kind: 'task';
  /** null takes it off. */
  readonly stamp?: Stamp | null;
  readonly subject?: string;
  readonly body?: BodyPatch;
  readonly dueDate?: PlainDate;
  readonly complete?: boolean;
}
