import { z } from 'zod';
import { ChangeKey, CrmVersion, ItemId, RecordId } from './ids.ts';
import { ItemKind } from './item.ts';

const FieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, 'the name of a field');

/** One thing that a plan would do, by ids, versions and names of fields: no content. */
export const PlanLine = z.object({
  /**
   * `match`: link a record and an item that exist; `doubtful`: ask a person; `relink`: the item of a known record under its new id.
   * What a write brings is named by its fields: into the item, into the record, or each its own into both.
   */
  act: z.enum([
    ...['match', 'doubtful', 'relink', 'write', 'createItem', 'createRecord'],
    ...['removeItem', 'removeRecord', 'cancelBoth', 'recreateItem', 'recreateRecord', 'refuse'],
  ] as const),
  kind: ItemKind,
  recordId: RecordId.optional(),
  itemId: ItemId.optional(),
  /** What was there when it was planned; absent where that side is gone or was never there. */
  version: CrmVersion.optional(),
  changeKey: ChangeKey.optional(),
  toItem: z.array(FieldName).optional(),
  toRecord: z.array(FieldName).optional(),
  /** People outside who would get mail. */
  outsiders: z.number().int().nonnegative().optional(),
  /** Of which side the engine is to be told when the plan is carried out. */
  news: z.array(z.enum(['record', 'item', 'check'])).optional(),
  score: z.number().optional(),
  reasons: z.array(z.string().max(64)).optional(),
});
export type PlanLine = z.infer<typeof PlanLine>;

/** A part of a plan, as it is kept. */
export const PlanPart = z.array(PlanLine);
export type PlanPart = z.infer<typeof PlanPart>;
