import type { Check, Rule, Step } from './request-rules.ts';

export const anything: Rule = {};
export const anyText = () => true;
export const text = (check: Check = anyText): Rule => ({ text: check, attributes: {} });
export const one = (name: string, rule: Rule): Step => ({ names: { [name]: rule } });
export const maybe = (name: string, rule: Rule): Step => ({ names: { [name]: rule }, optional: true });
export const many = (name: string, rule: Rule): Step => ({ names: { [name]: rule }, many: true });
export const choiceOf = (rule: Rule, ...names: string[]): Record<string, Rule> =>
  Object.fromEntries(names.map((name) => [name, rule]));
