import { expect, test } from '@jest/globals';
import type { ImagePlace } from '../../../shared/adapters/seal-image.ts';
import { openImage, sealImage } from '../../../shared/adapters/seal-image.ts';
import { uniqueMailbox } from '../../support/unique-mailbox.ts';

const place: ImagePlace = { ...uniqueMailbox(), name: 'image-1' };
const unreadable = expect.objectContaining({ code: 'ImageUnreadable', remedy: { kind: 'park' } });

test('an image of which one bit was turned is not opened', () => {
  const sealed = sealImage(place, 'key', 'content');
  expect(openImage(place, 'key', sealed)).toBe('content');
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Buffer.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => openImage(place, 'key', changed)).toThrow(unreadable);
  }
});

test('an image that was cut off is not opened, wherever it ends', () => {
  const sealed = sealImage(place, 'key', 'content');
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => openImage(place, 'key', sealed.subarray(0, length))).toThrow(unreadable);
  }
});

test('an image in the place of another mailbox, organization or name is not opened', () => {
  const sealed = sealImage(place, 'key', 'content');
  for (const other of [
    { ...uniqueMailbox(place.organizationId), name: place.name },
    { ...uniqueMailbox(), name: 'image-1' },
    { ...place, name: 'image-2' },
  ]) {
    expect(() => openImage(other, 'key', sealed)).toThrow(unreadable);
  }
});

test('the same content sealed twice is not the same', () => {
  expect(sealImage(place, 'key', 'content').equals(sealImage(place, 'key', 'content'))).toBe(false);
});

test('the trouble names neither the key nor the content', () => {
  const message = (() => {
    try {
      return openImage(place, 'another-key', sealImage(place, 'key', 'content'));
    } catch (error) {
      return String((error as Error).stack);
    }
  })();
  expect(message).not.toMatch(/another-key|content\b/);
});
