import { z } from 'zod';

/** The CRM's cursor as we keep it: with when it last moved, because an overlap is read again only while changes may still come late. */
const Watermark = z.object({ watermark: z.string(), movedAt: z.iso.datetime() });
export type Watermark = z.infer<typeof Watermark>;

export const formatWatermark = (watermark: string, movedAt: Date): string =>
  JSON.stringify({ watermark, movedAt: movedAt.toISOString() } satisfies Watermark);

export const parseWatermark = (stored: string): Watermark => Watermark.parse(JSON.parse(stored));
