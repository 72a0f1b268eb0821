import { httpCrmGateway } from '../../shared/adapters/crm/http-crm-gateway.ts';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import { memoryCrm } from '../../shared/adapters/memory/memory-crm.ts';
import type { CrmContactEdit, CrmEdit } from '../../shared/adapters/memory/memory-crm-records.ts';
import { memorySecretStore } from '../../shared/adapters/memory/memory-secret-store.ts';
import { RecordId } from '../../shared/domain/ids.ts';
import { CrmConnection } from '../../shared/domain/organization.ts';
import { crmIdOf, recordIdText, recordKindOf, type SyncRecord } from '../../shared/domain/sync-record.ts';
import { wallTimeOf } from '../../shared/domain/time-zone.ts';
import { startDemoCrm } from '../support/demo-crm.ts';
import { describeCrmGateway } from './crm-gateway.contract.ts';

describeCrmGateway('memoryCrm', async () => {
  const { gateway, control } = memoryCrm({ clock: memoryClock(), pageSize: 3 });
  const edit = (id: RecordId, activity: CrmEdit, contact: CrmContactEdit) =>
    recordKindOf(id) === 'activity' ? control.update(id, activity) : control.updateContact(id, contact);
  return {
    gateway,
    baseUrl: 'https://crm.example/connector/v1',
    users: {
      create: async (kind, name) =>
        kind === 'activity' ? control.create({ subject: name }) : control.createContact({ surname: name }),
      rename: async (id, name) => void edit(id, { subject: name }, { surname: name }),
      give: async (id, ownerId) => void edit(id, { ownerId }, { ownerId }),
      delete: async (id) => void control.delete(id),
      restore: async (id) => void control.restore(id),
    },
    setKnowsSeries: async (knows) => control.setKnowsSeries(knows),
    setLags: async (lags) => control.setLag(lags ? 'all' : 'none'),
    async close() {},
  };
});

describeCrmGateway('httpCrmGateway', async () => {
  const crm = await startDemoCrm();
  const silent = { info() {}, warn() {}, error() {} };
  const secrets = memorySecretStore({ 'crm-token': 'local-only' });
  const gateway = httpCrmGateway({ secrets, clock: memoryClock(), log: silent, allowInsecure: true });
  const connection = CrmConnection.parse({
    ...{ id: 'main', organizationId: 'contoso', name: 'CRM', baseUrl: `${crm.url}/connector/v1` },
    ...{ tokenSecretName: 'crm-token', webhookSecretNames: ['crm-webhook'] },
  });
  const pathOf = (id: RecordId) => `/ui/${recordKindOf(id) === 'activity' ? 'activities' : 'contacts'}/${crmIdOf(id)}`;
  const person = (name: string, ownerId = 'rep1') => ({ ownerId, surname: name, birthday: null });
  const present = async (id: RecordId): Promise<SyncRecord> => {
    const [entry] = await gateway.readRecords(connection, [id]);
    if (entry?.state !== 'present') throw new Error('the record is not there');
    return entry.record;
  };
  return {
    gateway,
    baseUrl: connection.baseUrl,
    users: {
      async create(kind, name) {
        if (kind === 'activity') return crm.create(name);
        const { json } = await crm.send('POST', '/ui/contacts', person(name));
        return present(RecordId.parse(recordIdText('contact', (json as { id: string }).id)));
      },
      async rename(id, name) {
        if (recordKindOf(id) === 'activity') await crm.rename(id, name);
        else await crm.send('PATCH', pathOf(id), person(name));
      },
      async give(id, ownerId) {
        const record = await present(id);
        await crm.send('PATCH', pathOf(id), formOf(record, ownerId));
      },
      delete: async (id) => void (await crm.send('DELETE', pathOf(id))),
      restore: async (id) => void (await crm.send('POST', '/control/restored', { id: crmIdOf(id) })),
    },
    setKnowsSeries: async (knowsSeries) => void (await crm.send('POST', '/control/switches', { knowsSeries })),
    setLags: async (lags) => void (await crm.send('POST', '/control/switches', { lags })),
    close: crm.close,
  };
});

/** The page's form as it comes up for a record, with another owner chosen. */
function formOf(record: SyncRecord, ownerId: string): object {
  if (record.kind === 'contact') return { ...record, ownerId, birthday: record.birthday ?? null };
  const clockOf = (instant: string) => wallTimeOf(instant, record.timeZone).slice(0, 16);
  return { ...record, ownerId, start: clockOf(record.start), end: clockOf(record.end) };
}
