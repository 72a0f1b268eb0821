import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Files under a directory that hold one of the words, as "file: word". A word is found as UTF-8, as UTF-16, and inside base64,
 * which the journal of the broker and the blobs of the storage emulator are written in.
 */
export function findWords(directory: string, words: readonly string[]): string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const content = readFileSync(file);
    return wordsIn(content, words).map((word) => `${path.relative(directory, file)}: ${word}`);
  });
}

/** The words that the bytes hold. */
export function wordsIn(content: Buffer, words: readonly string[]): string[] {
  return words.filter((word) => formsOf(word).some((form) => content.includes(form)));
}

function formsOf(word: string): Buffer[] {
  const plain = Buffer.from(word, 'utf8');
  return [plain, Buffer.from(word, 'utf16le'), ...base64Forms(plain)];
}

/** What base64 makes of bytes at each of the three places where they may begin, without the ends that their neighbours share. */
function base64Forms(bytes: Buffer): Buffer[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = Math.ceil((shift * 8) / 6);
    const last = Math.floor(((shift + bytes.length) * 8) / 6);
    return Buffer.from(text.slice(first, last), 'ascii');
  });
}
