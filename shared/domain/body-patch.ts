import type { RecordLinks } from './activity.ts';

/**
 * A change of a body. `notes` takes the place of what people wrote, `links` of our block; what is absent stays. With `was`, the
 * body as it was read, the rest is kept byte for byte, the block of an online meeting always. Without `was` the body is known to be
 * plain text and both parts are given.
 */
export interface BodyPatch {
  readonly notes?: string;
  readonly links?: RecordLinks;
  readonly was?: string;
}

/** A new body. */
export interface BodyDraft {
  readonly notes: string;
  readonly links: RecordLinks;
}
