import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ImageVault } from '../../shared/ports/image-vault.ts';
import { awkwardIds, uniqueMailbox, uniqueOrganization } from '../support/unique-mailbox.ts';

const [longAgo, farAhead] = ['2000-01-01T00:00:00Z', '2200-01-01T00:00:00Z'];
const unreadable = { code: 'ImageUnreadable', remedy: { kind: 'park' } };

/** What every vault of images must do, wherever it keeps them. */
export function describeImageVault(name: string, create: () => Promise<ImageVault>): void {
  describe(`the image vault of ${name}`, () => {
    let vault: ImageVault;
    beforeAll(async () => {
      vault = await create();
    });

    test.each(['', 'Lunch ä😀\u0000\r\n', JSON.stringify({ body: 'x'.repeat(300_000) })])(
      'content comes back as it was saved (%#)',
      async (content) => {
        const mailbox = uniqueMailbox();
        await vault.save(mailbox, 'image-1', 'key', content);
        expect(await vault.read(mailbox, 'image-1', 'key')).toBe(content);
        expect(await vault.read(mailbox, 'image-2', 'key')).toBeUndefined();
      },
    );

    test.each([...awkwardIds, 'x'.repeat(5000)])('an image may be called %j', async (image) => {
      const mailbox = uniqueMailbox();
      await vault.save(mailbox, image, 'key', 'first');
      await vault.save(mailbox, image, 'key', 'second');
      expect(await vault.read(mailbox, image, 'key')).toBe('second');
      await vault.remove(mailbox, image);
      await vault.remove(mailbox, image);
      expect(await vault.read(mailbox, image, 'key')).toBeUndefined();
    });

    test('without the key it was saved with an image cannot be read, and that is said', async () => {
      const mailbox = uniqueMailbox();
      await vault.save(mailbox, 'image-1', 'key', 'content');
      await expect(vault.read(mailbox, 'image-1', 'another key')).rejects.toMatchObject(unreadable);
      await expect(vault.read(mailbox, 'image-1', '')).rejects.toMatchObject(unreadable);
    });

    test('mailboxes and organizations have images of their own', async () => {
      const mailbox = uniqueMailbox();
      await vault.save(mailbox, 'image-1', 'key', 'content');
      for (const other of [
        uniqueMailbox(mailbox.organizationId),
        { ...mailbox, organizationId: uniqueOrganization() },
      ]) {
        expect(await vault.read(other, 'image-1', 'key')).toBeUndefined();
      }
    });

    test('images that are old enough are removed, those of that organization only', async () => {
      const organization = uniqueOrganization();
      const mailboxes = [uniqueMailbox(organization), uniqueMailbox(organization)];
      const elsewhere = uniqueMailbox();
      for (const mailbox of [...mailboxes, elsewhere]) await vault.save(mailbox, 'image-1', 'key', 'content');
      expect(await vault.removeOlderThan(organization, longAgo)).toBe(0);
      expect(await vault.removeOlderThan(organization, farAhead)).toBe(2);
      expect(await vault.removeOlderThan(organization, farAhead)).toBe(0);
      for (const mailbox of mailboxes) expect(await vault.read(mailbox, 'image-1', 'key')).toBeUndefined();
      expect(await vault.read(elsewhere, 'image-1', 'key')).toBe('content');
    });
  });
}
