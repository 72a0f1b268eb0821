/** A well-formed event of a CRM, for a record that need not exist. */
export const crmEvent = (recordId: string, kind: 'created' | 'updated' | 'deleted' = 'deleted') => ({
  specversion: '1.0',
  id: `${recordId}-1`,
  source: 'https://crm.example',
  type: `crm.activity.${kind}.v1`,
  subject: recordId,
  data: { recordId, version: '1' },
});
