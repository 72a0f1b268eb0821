import { afterAll, beforeAll, expect } from '@jest/globals';
import { eventually } from './eventually.ts';
import { type LocalEnvironment, startLocalEnvironment } from './local-environment.ts';
import { untilPolled, writesWhilePolling } from './quiet.ts';

/** One local environment for all tests of a describe block or file, and what journeys do over and over. */
export function useLocalEnvironment(flags: readonly string[] = []) {
  let environment: LocalEnvironment;
  beforeAll(async () => {
    environment = await startLocalEnvironment(flags);
  }, 90_000);
  afterAll(() => environment?.dispose(), 30_000);

  /** Tries `check` while the mailbox is looked into at once instead of in its turn, again and again. */
  async function afterALook<Result>(user: string, check: () => Result | Promise<Result>): Promise<Result> {
    let pollAt = 0;
    return eventually(async () => {
      if (Date.now() >= pollAt) {
        pollAt = Date.now() + pollEveryMs;
        await environment.pollNow(`mailbox-${user}`);
      }
      return check();
    }, lookMs);
  }

  /** Resolves when the mailbox was looked into once more: what lies in it is known to its feed. */
  const looked = (user: string) => untilPolled(environment, `mailbox-${user}`);

  /** Both sides agree: looking writes nothing, nothing failed, and no handler ended in an error. */
  async function atRest(): Promise<void> {
    expect(await writesWhilePolling(environment)).toBe(0);
    expect(await environment.admin.failures()).toEqual([]);
    expect(await environment.admin.strayFailures()).toEqual([]);
    expect(environment.logs().filter((line) => line.includes('[error]'))).toEqual([]);
  }

  return {
    get environment() {
      return environment;
    },
    get crm() {
      return environment.crm;
    },
    get exchange() {
      return environment.exchange;
    },
    get admin() {
      return environment.admin;
    },
    afterALook,
    looked,
    atRest,
  };
}

const pollEveryMs = 2_000;

/** Until a look into the mailbox has come round, and the change it found is applied. */
export const lookMs = 30_000;

/** A date that many days from now, and an hour of it in UTC. */
export const dateIn = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
export const timeIn = (days: number, hour: number): string => `${dateIn(days)}T${`${hour}`.padStart(2, '0')}:00:00Z`;
