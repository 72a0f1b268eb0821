import { memoryMappingStore } from '../../shared/adapters/memory/memory-mapping-store.ts';
import { describeMappingStore } from './mapping-store.contract.ts';

describeMappingStore('this process', async () => memoryMappingStore());
