import { httpCrmGateway } from '../../shared/adapters/crm/http-crm-gateway.ts';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import { memoryCrm } from '../../shared/adapters/memory/memory-crm.ts';
import { memorySecretStore } from '../../shared/adapters/memory/memory-secret-store.ts';
import { RecordId } from '../../shared/domain/ids.ts';
import { startDemoCrm } from '../support/demo-crm.ts';
import { describeCrmGateway } from './crm-gateway.contract.ts';

describeCrmGateway('memoryCrm', async () => {
  const { gateway, control } = memoryCrm({ clock: memoryClock(), pageSize: 3 });
  return {
    gateway,
    baseUrl: 'https://crm.example/connector/v1',
    users: {
      create: async (subject) => control.create({ subject }),
      rename: async (id, subject) => void control.update(id, { subject }),
      delete: async (id) => void control.delete(id),
    },
    async close() {},
  };
});

describeCrmGateway('httpCrmGateway', async () => {
  const crm = await startDemoCrm();
  const silent = { info() {}, warn() {}, error() {} };
  const secrets = memorySecretStore({ 'crm-token': 'local-only' });
  return {
    gateway: httpCrmGateway({ secrets, clock: memoryClock(), log: silent, allowInsecure: true }),
    baseUrl: `${crm.url}/connector/v1`,
    users: {
      create: (subject) => crm.create(subject),
      rename: (id, subject) => crm.rename(RecordId.parse(id), subject),
      delete: (id) => crm.remove(RecordId.parse(id)),
    },
    close: crm.close,
  };
});
