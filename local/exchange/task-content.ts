import { toUtcText } from './time-zones.ts';
import { textElement, type XmlElement } from './xml.ts';

type Properties = Readonly<Record<string, XmlElement>>;

/** Tasks have dates: times written in them are cut off (MS-OXOTASK 2.2.2.2.4, 2.2.2.2.5 and 2.2.2.2.9). */
export const isTaskDate = (element: string): boolean => ['StartDate', 'DueDate', 'CompleteDate'].includes(element);

const day = 86_400_000;

/**
 * Status, PercentComplete and CompleteDate say the same thing; whichever was written last decides about the others, and Status
 * where several were written. A completed recurring task makes no next one here.
 */
export function completeTask(properties: Properties, old: Properties, now: Date): Record<string, XmlElement> {
  const text = (name: string) => properties[name]?.text;
  const changed = (name: string) => text(name) !== old[name]?.text;
  const percent = Number(text('PercentComplete') ?? '0');
  const { CompleteDate: date, ...rest } = properties;
  const completed = () => ({
    ...rest,
    Status: textElement('t:Status', 'Completed'),
    PercentComplete: textElement('t:PercentComplete', '100'),
    CompleteDate: date ?? textElement('t:CompleteDate', toUtcText(Math.floor(now.getTime() / day) * day)),
  });
  const open = (status: string, done: number) => ({
    ...rest,
    Status: textElement('t:Status', status),
    PercentComplete: textElement('t:PercentComplete', String(done)),
  });
  if (changed('Status')) {
    const status = text('Status') ?? 'NotStarted';
    if (status === 'Completed') return completed();
    return open(status, status === 'NotStarted' || percent === 100 ? 0 : percent);
  }
  if (changed('PercentComplete')) {
    if (percent === 100) return completed();
    const status = text('Status') ?? 'NotStarted';
    if (percent === 0) return open(status === 'Completed' || status === 'InProgress' ? 'NotStarted' : status, 0);
    return open(status === 'Completed' || status === 'NotStarted' ? 'InProgress' : status, percent);
  }
  if (changed('CompleteDate')) return date ? completed() : open('NotStarted', 0);
  return { ...properties };
}
