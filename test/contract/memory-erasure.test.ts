import { memoryBrakeStore } from '../../shared/adapters/memory/memory-brake-store.ts';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import { memoryCursorStore } from '../../shared/adapters/memory/memory-cursor-store.ts';
import { memoryDirectoryStore } from '../../shared/adapters/memory/memory-directory-store.ts';
import { memoryFailureStore } from '../../shared/adapters/memory/memory-failure-store.ts';
import { memoryImageVault } from '../../shared/adapters/memory/memory-image-vault.ts';
import { memoryJobStore } from '../../shared/adapters/memory/memory-job-store.ts';
import { memoryJournalStore } from '../../shared/adapters/memory/memory-journal-store.ts';
import { memoryMappingStore } from '../../shared/adapters/memory/memory-mapping-store.ts';
import { memoryPauseStore } from '../../shared/adapters/memory/memory-pause-store.ts';
import { memoryPollScheduleStore } from '../../shared/adapters/memory/memory-poll-schedule-store.ts';
import { memoryReviewStore } from '../../shared/adapters/memory/memory-review-store.ts';
import { memoryStatusStore } from '../../shared/adapters/memory/memory-status-store.ts';
import { memoryWebhookReceiptStore } from '../../shared/adapters/memory/memory-webhook-receipt-store.ts';
import { describeErasure } from './erasable.contract.ts';

describeErasure('this process', async () => ({
  mappings: memoryMappingStore(),
  statuses: memoryStatusStore(),
  cursors: memoryCursorStore(),
  schedules: memoryPollScheduleStore(),
  pauses: memoryPauseStore(),
  failures: memoryFailureStore(),
  journal: memoryJournalStore(),
  images: memoryImageVault({ clock: memoryClock() }),
  brakes: memoryBrakeStore(),
  reviews: memoryReviewStore(),
  jobs: memoryJobStore(),
  directory: memoryDirectoryStore(),
  receipts: memoryWebhookReceiptStore(),
}));
