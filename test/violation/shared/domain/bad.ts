import { readFileSync } from 'node:fs';
import { client } from '../adapters/azure/client.ts';

export const domainWithInputAndOutput = [readFileSync, client];
