import { app } from '@azure/functions';
import { journal } from './journal.ts';

let attempts = 0;

app.timer('on-startup', {
  schedule: '%NIGHTLY%',
  runOnStartup: true,
  handler: (timer) => {
    journal.push({ startup: timer.isPastDue, next: timer.scheduleStatus.next, adjust: timer.schedule.adjustForDST });
  },
});

app.timer('every-second', {
  schedule: '* * * * * *',
  handler: () => {
    journal.push('tick');
  },
});

app.timer('third-time-lucky', {
  schedule: '0 0 0 1 1 *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 0 },
  handler: (_timer, context) => {
    journal.push({ retry: context.retryContext?.retryCount });
    if (++attempts < 3) throw new Error('not yet');
  },
});

app.timer('misspelt', { schedule: 'every day', handler: () => undefined });
