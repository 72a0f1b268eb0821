import declared from '../../infra/queues.json' with { type: 'json' };

/** The queues, as the infrastructure declares them: the one list that Bicep, the local broker and the code read. */
export const queues = declared.queues;

const named = (name: string): string => {
  if (!queues.some((queue) => queue.name === name)) throw new Error(`infra/queues.json declares no queue "${name}"`);
  return name;
};

export const queueNames = { changes: named('changes'), polls: named('polls'), jobs: named('jobs') };
