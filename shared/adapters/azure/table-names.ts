/** The tables, by what they hold. */
export const tableNames = {
  directory: 'Directory',
  mappings: 'Mappings',
  statuses: 'Statuses',
  cursors: 'Cursors',
  schedules: 'Schedules',
  pauses: 'Pauses',
  pending: 'Pending',
  failures: 'Failures',
  webhookReceipts: 'WebhookReceipts',
  journal: 'Journal',
  brakes: 'Brakes',
  reviews: 'Reviews',
  jobs: 'Jobs',
  jobParts: 'JobParts',
} as const;

/** Blobs for sync states too large for a row. */
export const syncStateContainer = 'sync-states';

/** Blobs with what was there before we wrote over it, encrypted. */
export const imageContainer = 'images';
