import { type ReplayDeps, replayFailure } from '../shared/admin/replay-failure.ts';
import type { PauseStore } from '../shared/ports/pause-store.ts';
import { adminRoute, json, notFound } from './admin-route.ts';
import { problem } from './problem.ts';
import type { Triggers } from './triggers.ts';

const mostShown = 500;

/** What could not be applied, what stands still, and sending a failure again. */
export function registerAdminFailures(app: Triggers, deps: ReplayDeps & { readonly pauses: PauseStore }): void {
  const { failures, pauses } = deps;
  adminRoute(app, 'failures', ['GET'], '/failures', async ({ organization }) =>
    json(await failures.list(organization, mostShown)),
  );
  adminRoute(app, 'failure', ['DELETE'], '/failures/{id}', async ({ request, organization }) => {
    await failures.remove(organization, request.params['id'] ?? '');
    return { status: 204 };
  });
  adminRoute(app, 'failure-replay', ['POST'], '/failures/{id}/replay', async ({ request, organization }) => {
    const result = await replayFailure(deps, organization, request.params['id'] ?? '');
    if (result === 'unknown') return notFound('failure');
    if (result === 'notReplayable') return problem(409, 'This failure holds no message to send again');
    return { status: 202 };
  });
  adminRoute(app, 'pauses', ['GET'], '/pauses', async ({ organization }) => json(await pauses.list(organization)));
  // Messages that named no organization: what a broken sender left on the queue.
  app.http('admin-stray-failures', {
    route: 'api/admin/failures',
    methods: ['GET'],
    authLevel: 'function',
    handler: async () => json(await failures.list(undefined, mostShown)),
  });
}
