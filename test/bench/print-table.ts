/** One line a figure: the path to it, and its value. */
export function printTable(results: object): void {
  const lines: [string, string][] = [];
  const walk = (value: unknown, path: readonly string[]): void => {
    if (value === undefined || Array.isArray(value)) return;
    if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) walk(part, [...path, key]);
    } else lines.push([path.join(' '), String(value)]);
  };
  walk(results, []);
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, value] of lines) console.log(`${name.padEnd(width)}  ${value.padStart(10)}`);
}
