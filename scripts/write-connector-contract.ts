import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectorContract } from './connector-contract.ts';

const file = path.join(import.meta.dirname, '..', 'docs', 'crm-connector.openapi.yaml');
writeFileSync(file, connectorContract());
process.stdout.write(`${file} written\n`);
