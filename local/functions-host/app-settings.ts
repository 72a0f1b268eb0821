import { readFile } from 'node:fs/promises';
import path from 'node:path';

export type Environment = Record<string, string | undefined>;

/** A JSON file of the app, comments and byte order mark allowed as in Core Tools; undefined where it is not there. */
export const readJsonFile = async (file: string): Promise<unknown> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return parseJsonWithComments(text);
  } catch (error) {
    throw new Error(`${path.basename(file)} is not valid JSON. Correct it and start again.`, { cause: error });
  }
};

/** Comments go, strings stay: the pattern matches strings first and returns them untouched. */
export const parseJsonWithComments = (text: string): unknown =>
  JSON.parse(
    text
      .replace(/^\uFEFF/, '')
      .replace(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => (part.startsWith('"') ? part : '')),
  );

/** Puts `Values` of local.settings.json into the environment; what is already set there wins, as with Core Tools. */
export const applyLocalSettings = async (appDirectory: string, environment: Environment): Promise<void> => {
  const file = (await readJsonFile(path.join(appDirectory, 'local.settings.json'))) as
    | { Values?: Record<string, unknown> }
    | undefined;
  for (const [name, value] of Object.entries(file?.Values ?? {})) environment[name] ??= String(value);
};

/** Replaces each %NAME% by the app setting of that name. */
export const resolveSettings = (text: string, environment: Environment): string =>
  text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = environment[name];
    if (value === undefined)
      throw new Error(`The app setting "${name}" is missing: a trigger refers to it as %${name}%.`);
    return value;
  });

/** `AzureWebJobs.NAME.Disabled` = true or 1 switches a function off. */
export const isDisabled = (functionName: string, environment: Environment): boolean => {
  const value =
    environment[`AzureWebJobs.${functionName}.Disabled`] ?? environment[`AzureWebJobs_${functionName}_Disabled`];
  return value !== undefined && /^(true|1)$/i.test(value.trim());
};
