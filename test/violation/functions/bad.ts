import { client } from '../shared/adapters/azure/client.ts';

export const triggerThatSeesAnAdapter = client;
