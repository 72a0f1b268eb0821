import { ServiceBusClient } from '@azure/service-bus';

export const crmThatKnowsAzure = ServiceBusClient;
