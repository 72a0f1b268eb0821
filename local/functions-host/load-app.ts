import { glob } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readJsonFile } from './app-settings.ts';

/**
 * Imports the files that `main` of the app's package.json names: one file or a glob with *, ** and {a,b}, in the order of
 * their names. Node runs .ts files itself.
 */
export const loadApp = async (appDirectory: string): Promise<void> => {
  const manifest = (await readJsonFile(path.join(appDirectory, 'package.json'))) as { main?: string } | undefined;
  const main = manifest?.main;
  if (!main)
    throw new Error(`package.json in ${appDirectory} has no "main": it names the files that register functions.`);
  const pattern = main.replaceAll('\\', '/').replace(/^\.\//, '');
  const files: string[] = [];
  const isPackages = (name: string): boolean => /(^|[\\/])node_modules$/.test(name);
  for await (const file of glob(pattern, { cwd: appDirectory, exclude: isPackages })) files.push(file);
  if (files.length === 0) throw new Error(`"main" of package.json ("${main}") matches no file in ${appDirectory}.`);
  for (const file of files.sort()) {
    await import(pathToFileURL(path.join(appDirectory, file)).href);
  }
};
