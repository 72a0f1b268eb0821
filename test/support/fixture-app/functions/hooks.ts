import { writeFileSync } from 'node:fs';
import { app } from '@azure/functions';
import { journal } from './journal.ts';

app.hook.appStart(() => {
  journal.push('app started');
});

app.hook.appTerminate(() => {
  const file = process.env['TERMINATE_FILE'];
  if (file) writeFileSync(file, 'terminated');
});

app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked') return;
  context.hookData['seen'] = true;
  context.functionHandler = async () => ({ body: 'from the hook' });
});

app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked' || !context.hookData['seen']) return;
  context.result = { body: `${(context.result as { body: string }).body}, twice` };
});

app.hook.log((context) => {
  if (context.message.startsWith('hello from')) context.message = `${context.message}, hooked`;
});

app.get('hooked', async () => ({ body: 'from the handler' }));

app.get('talkative', async (_request, context) => {
  context.debug('hidden');
  context.warn('hello from\nthe app');
  return {};
});
