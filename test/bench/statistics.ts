/** The value below which `share` (0 to 1) of the sample lies, by the nearest rank. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (sample: readonly number[]): number => percentile(sample, 0.5);

export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** The usual three of a sample of latencies in milliseconds. */
export const summary = (sample: readonly number[]) => ({
  p50: rounded(median(sample)),
  p99: rounded(percentile(sample, 0.99)),
  count: sample.length,
});
