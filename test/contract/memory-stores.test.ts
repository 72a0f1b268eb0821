import { cachedDirectoryStore } from '../../shared/adapters/cache/cached-directory-store.ts';
import { memoryBrakeStore } from '../../shared/adapters/memory/memory-brake-store.ts';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import { memoryCursorStore } from '../../shared/adapters/memory/memory-cursor-store.ts';
import { memoryDirectoryStore } from '../../shared/adapters/memory/memory-directory-store.ts';
import { memoryFailureStore } from '../../shared/adapters/memory/memory-failure-store.ts';
import { memoryImageVault } from '../../shared/adapters/memory/memory-image-vault.ts';
import { memoryJournalStore } from '../../shared/adapters/memory/memory-journal-store.ts';
import { memoryMappingStore } from '../../shared/adapters/memory/memory-mapping-store.ts';
import { memoryPauseStore } from '../../shared/adapters/memory/memory-pause-store.ts';
import { memoryPollScheduleStore } from '../../shared/adapters/memory/memory-poll-schedule-store.ts';
import { memoryStatusStore } from '../../shared/adapters/memory/memory-status-store.ts';
import { memoryWebhookReceiptStore } from '../../shared/adapters/memory/memory-webhook-receipt-store.ts';
import { describeBrakeStore } from './brake-store.contract.ts';
import { describeCursorStore } from './cursor-store.contract.ts';
import { describeDirectoryStore } from './directory-store.contract.ts';
import { describeFailureStore } from './failure-store.contract.ts';
import { describeImageVault } from './image-vault.contract.ts';
import { describeJournalStore } from './journal-store.contract.ts';
import { describeMappingStore } from './mapping-store.contract.ts';
import { describePauseStore } from './pause-store.contract.ts';
import { describePollScheduleStore } from './poll-schedule-store.contract.ts';
import { describeStatusStore } from './status-store.contract.ts';
import { describeWebhookReceiptStore } from './webhook-receipt-store.contract.ts';

describeMappingStore('this process', async () => memoryMappingStore());
describeDirectoryStore('this process', async () => memoryDirectoryStore());
describeDirectoryStore('this process, behind the cache', async () =>
  cachedDirectoryStore({ directory: memoryDirectoryStore(), clock: memoryClock() }),
);
describeStatusStore('this process', async () => memoryStatusStore());
describeCursorStore('this process', async () => memoryCursorStore());
describePollScheduleStore('this process', async () => memoryPollScheduleStore());
describePauseStore('this process', async () => memoryPauseStore());
describeFailureStore('this process', async () => memoryFailureStore());
describeWebhookReceiptStore('this process', async () => memoryWebhookReceiptStore());
describeJournalStore('this process', async () => memoryJournalStore());
describeImageVault('this process', async () => memoryImageVault({ clock: memoryClock() }));
describeBrakeStore('this process', async () => memoryBrakeStore());
