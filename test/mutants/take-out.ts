import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Mutant } from './mutants.ts';

const root = path.join(import.meta.dirname, '..', '..');
/** Inside the repository, so that imports of packages find the installed ones. */
const copies = path.join(root, '.local', 'mutants');

const partsOf = ({ file, replace, also }: Mutant) => [{ file, replace }, ...(also === undefined ? [] : [also])];

/** How often each text of a mutant is found in its file: once, or the list has become old. */
export const findings = (mutant: Mutant): number[] =>
  partsOf(mutant).flatMap(({ file, replace }) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    return replace.map(([text]) => source.split(text).length - 1);
  });

/** A copy of the tree without the guard; the directory it lies in. */
export function takeOut(mutant: Mutant): string {
  const copy = path.join(copies, mutant.name.replaceAll(/[^a-z]+/gi, '-'));
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const directory of ['shared', 'test/support', 'infra'])
    cpSync(path.join(root, directory), path.join(copy, directory), { recursive: true });
  for (const part of partsOf(mutant)) {
    const file = path.join(copy, part.file);
    let source = readFileSync(file, 'utf8');
    for (const [text, by] of part.replace) source = source.replace(text, () => by);
    writeFileSync(file, source);
  }
  return copy;
}

export const removeCopy = (copy: string): void => rmSync(copy, { recursive: true, force: true });
