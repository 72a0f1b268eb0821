import { z } from 'zod';

/** What of a CRM's nature can be switched, for tests and demos. */
export const Switches = z.object({
  /** Off: it keeps an activity that comes with a series as a single one, as CRMs do that have no series. */
  knowsSeries: z.boolean(),
  /** Reads and lists answer as of the moment it was switched on, as a replica that lags. Writes and the feed are never late. */
  lags: z.boolean(),
});
export type Switches = z.infer<typeof Switches>;
