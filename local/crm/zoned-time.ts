/** How far the wall clock of a zone is ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(instant / 1000) * 1000;
}

/**
 * The instant (UTC ISO 8601) of a wall clock time such as 2030-05-06T14:00 in a zone. A time that a change to summer
 * time skips is moved on by the hour; of one that comes twice, the first is meant. Throws RangeError for an unknown zone.
 */
export function toInstant(wallClock: string, timeZone: string): string {
  const wall = Date.parse(`${wallClock}Z`);
  const before = offsetAt(wall - 86_400_000, timeZone);
  const guess = wall - before;
  const offset = offsetAt(guess, timeZone);
  const other = wall - offset;
  return new Date(offset === before || offsetAt(other, timeZone) !== offset ? guess : other).toISOString();
}
