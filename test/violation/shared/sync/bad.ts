import { ExchangeService } from 'ews-javascript-api';
import { app } from '@azure/functions';
import { client } from '../adapters/azure/client.ts';

export const useCaseThatKnowsTechnology = [ExchangeService, app, client];
