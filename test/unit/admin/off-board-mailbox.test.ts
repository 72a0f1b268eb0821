import { describe, expect, test } from '@jest/globals';
import { saveMailbox } from '../../../shared/admin/save-mailbox.ts';
import { SyncError } from '../../../shared/domain/sync-error.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1, rep2 } from '../../support/engine-world.ts';
import type { JobStory } from '../../support/job-story.ts';
import { receiptOf, startOffBoarding, stillKept, twoMailboxes } from '../../support/off-boarding.ts';

const subjectsOf = (story: JobStory, mailboxId = rep1) =>
  story
    .calendar(mailboxId)
    .map(({ subject }) => subject)
    .sort();

describe('off-boarding a mailbox', () => {
  test('keeps its items with our marks, forgets all else, and leaves its neighbour alone', async () => {
    const story = await twoMailboxes();
    await story.run(3 * minutes);
    const before = story.calendar();
    const neighbour = [story.calendar(rep2), await story.liveMappings(rep2), story.records().length];
    await startOffBoarding(story, 'keep', rep1);
    await story.run(10 * minutes);
    expect(await receiptOf(story)).toMatchObject({ state: 'done', by: 'admin-1' });
    expect(story.calendar()).toEqual(before);
    expect(story.writesTo('exchange', 'deleteItems')).toBe(0);
    expect(await stillKept(story)).toEqual([]);
    expect([story.calendar(rep2), await story.liveMappings(rep2), story.records().length]).toEqual(neighbour);
  });

  test('removes what came from the CRM if that is wanted, mails nobody, and takes our mark and links off the rest', async () => {
    const story = await twoMailboxes({ profile: { notifyPolicy: 'none' } });
    expect(story.calendar().find(({ subject }) => subject === 'Mine')?.bodyText).toContain('crm.example');
    const neighbour = story.calendar(rep2);
    await startOffBoarding(story, 'remove', rep1);
    await story.run(10 * minutes);
    expect(story.calendar()).toMatchObject([{ subject: 'Mine', bodyText: 'My notes', stamp: undefined }]);
    expect(story.exchange.control.mails).toEqual([]);
    expect((await receiptOf(story)).counts).toMatchObject({ 'items.removed': 2, 'items.cleaned': 1, 'items.gone': 0 });
    expect(await stillKept(story)).toEqual([]);
    expect(story.calendar(rep2)).toEqual(neighbour);
    // The records are the CRM's.
    expect(story.records()).toHaveLength(6);
  });

  test('mails nobody although the profile tells all and people were invited by us', async () => {
    const story = await twoMailboxes({ profile: { notifyPolicy: 'all' } });
    const invitations = story.exchange.control.mails.length;
    expect(invitations).toBe(2);
    await startOffBoarding(story, 'remove', rep1);
    await story.run(10 * minutes);
    expect(story.exchange.control.mails).toHaveLength(invitations);
  });

  test('stops at once: what is under way or comes later does nothing', async () => {
    const story = await twoMailboxes();
    const [first] = story.records().filter(({ ownerId }) => ownerId === 'rep1');
    story.crm.control.update(first?.id as never, { subject: 'In flight' });
    await story.announceCrmChanges();
    await startOffBoarding(story, 'keep', rep1);
    await story.run(20 * minutes);
    const before = story.calendar();
    const writes = story.writes.length;
    story.crm.control.update(first?.id as never, { subject: 'Later' });
    story.crm.control.create({ subject: 'New' });
    story.exchange.control.userCreates(rep1, { subject: 'Outlook' });
    await story.announced();
    await story.run(3 * hours);
    expect(subjectsOf(story)).toEqual([...before.map(({ subject }) => subject), 'Outlook'].sort());
    expect(subjectsOf(story)).not.toContain('In flight');
    expect(story.writes.length).toBe(writes);
    expect(await story.held()).toEqual([]);
    expect(await stillKept(story)).toEqual([]);
  });

  test('ends with a receipt of who, when, and how much of what, without a word of content', async () => {
    const story = await twoMailboxes();
    await startOffBoarding(story, 'remove', rep1);
    await story.run(10 * minutes);
    const receipt = await receiptOf(story);
    expect(receipt).toMatchObject({
      ...{ kind: 'offBoard', state: 'done', by: 'admin-1', progress: { done: 3 } },
      input: JSON.stringify({ mailboxId: rep1, items: 'remove' }),
    });
    expect(receipt.counts['erased.directory']).toBeGreaterThan(0);
    expect(receipt.counts['erased.mappings']).toBeGreaterThan(0);
    expect(receipt.counts['erased.journal']).toBeGreaterThan(0);
    expect(Date.parse(receipt.updatedAt)).toBeGreaterThan(Date.parse(receipt.createdAt));
    for (const word of ['Visit', 'Mine', 'notes', 'contoso.example', 'crm.example']) {
      expect(JSON.stringify(receipt)).not.toContain(word);
    }
  });

  test('asked for twice it is done once', async () => {
    const story = await twoMailboxes();
    const first = await startOffBoarding(story, 'keep', rep1);
    const second = await startOffBoarding(story, 'remove', rep1);
    expect([first.outcome, second.outcome]).toEqual(['started', 'running']);
    await story.run(10 * minutes);
    expect(subjectsOf(story)).toEqual(['Mine', 'Put aside', 'Visit']);
    expect(await startOffBoarding(story, 'keep', rep1)).toEqual({ outcome: 'unknown' });
    expect(await story.stores.jobs.list(contoso, { kind: 'offBoard' })).toHaveLength(1);
  });

  test('enrolled again under its id after `keep`, everything is found by its mark and nothing is made twice', async () => {
    const story = await twoMailboxes();
    const mailbox = await story.stores.directory.findMailbox(contoso, rep1);
    const profile = await story.stores.directory.findProfile(contoso, 'main' as never);
    if (mailbox === undefined || profile === undefined) throw new Error('the world is incomplete');
    await startOffBoarding(story, 'keep', rep1);
    await story.run(10 * minutes);
    const before = [story.records().length, subjectsOf(story)];
    const creates = story.writes.filter(({ method }) => method.startsWith('create')).length;
    await saveMailbox({ ...story.stores, ...story.worker.deps }, mailbox.value, profile.value);
    await story.run(30 * minutes);
    expect([story.records().length, subjectsOf(story)]).toEqual(before);
    expect(story.writes.filter(({ method }) => method.startsWith('create'))).toHaveLength(creates);
    const [record] = story.records().filter(({ subject, ownerId }) => subject === 'Visit' && ownerId === 'rep1');
    story.crm.control.update(record?.id as never, { subject: 'Visit again' });
    await story.announced();
    expect(subjectsOf(story)).toEqual(['Mine', 'Put aside', 'Visit again']);
  });

  test('enrolled again while it is under way, it is left alone', async () => {
    const story = await twoMailboxes();
    const mailbox = await story.stores.directory.findMailbox(contoso, rep1);
    await startOffBoarding(story, 'remove', rep1);
    await story.run(minutes);
    if (mailbox !== undefined) await story.stores.directory.saveMailbox(mailbox.value);
    await story.run(10 * minutes);
    expect(await receiptOf(story)).toMatchObject({ state: 'stopped' });
    expect(subjectsOf(story)).toEqual(['Mine', 'Put aside', 'Visit']);
    expect(await story.liveMappings()).toHaveLength(3);
  });

  test('waits for an Exchange that is away, and says so where it refuses; letting the items stay then works', async () => {
    const story = await twoMailboxes();
    const away = new SyncError('Exchange is away.', { code: 'HTTP_503', remedy: { kind: 'pause', scope: 'profile' } });
    const refused = new SyncError('Access was taken away.', {
      ...{ code: 'ErrorImpersonateUserDenied', status: 'impersonationFailed' },
      remedy: { kind: 'disable', scope: 'mailbox' },
    } as never);
    story.exchange.control.failsWith(rep1, away);
    await startOffBoarding(story, 'remove', rep1);
    await story.run(10 * minutes);
    expect(await receiptOf(story)).toMatchObject({ state: 'waiting' });
    story.exchange.control.failsWith(rep1, refused);
    await story.run(10 * minutes);
    expect(await receiptOf(story)).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('ErrorImpersonateUserDenied'),
    });
    await startOffBoarding(story, 'keep', rep1);
    await story.run(10 * minutes);
    expect(await receiptOf(story, `mailbox-${rep1}-2`)).toMatchObject({ state: 'done' });
    expect(await stillKept(story)).toEqual([]);
  });

  test('needs neither a CRM that is switched on nor secrets', async () => {
    const story = await twoMailboxes();
    await story.switchCrm(false);
    story.secrets.set('fingerprint-key', '');
    await startOffBoarding(story, 'remove', rep1);
    await story.run(10 * minutes);
    expect(await receiptOf(story)).toMatchObject({ state: 'done', counts: { 'items.removed': 2 } });
  });
});
