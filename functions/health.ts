import type { Services } from './services.ts';
import type { Triggers } from './triggers.ts';

const answer = (status: number, state: string) => ({
  status,
  headers: { 'cache-control': 'no-store' },
  jsonBody: { status: state },
});
const rememberedMs = 5_000;

/** GET /api/health/live: the process answers. GET /api/health/ready: storage and queues are reached. No detail to strangers. */
export function registerHealth(
  app: Triggers,
  { checkReady, clock, log }: Pick<Services, 'checkReady' | 'clock' | 'log'>,
): void {
  let last: { readonly at: number; readonly ready: Promise<boolean> } | undefined;
  const isReady = (): Promise<boolean> => {
    const now = clock.now().getTime();
    if (last !== undefined && now - last.at < rememberedMs) return last.ready;
    const ready = checkReady().then(
      () => true,
      (error: unknown) => {
        log.error({}, 'not ready: storage or queues are not reached', error);
        return false;
      },
    );
    last = { at: now, ready };
    return ready;
  };
  app.http('health-live', {
    route: 'api/health/live',
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: () => answer(200, 'live'),
  });
  app.http('health-ready', {
    route: 'api/health/ready',
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: async () => ((await isReady()) ? answer(200, 'ready') : answer(503, 'not ready')),
  });
}
