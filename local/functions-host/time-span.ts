/**
 * Milliseconds of a .NET TimeSpan such as "00:05:00", "1.12:00:00" or "-00:00:01".
 * Hours above 23 are refused: .NET reads "24:00:00" as 24 days, which nobody means.
 */
export const parseTimeSpan = (text: string): number | undefined => {
  const match = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = [match[2], match[3], match[4], match[5]].map((part) => Number(part ?? 0));
  if (days === undefined || hours === undefined || minutes === undefined || seconds === undefined) return undefined;
  if (hours > 23 || minutes > 59 || seconds >= 60) return undefined;
  const total = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  return match[1] === '-' ? -total : total;
};
