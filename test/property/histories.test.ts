import { describe } from '@jest/globals';
import { historiesHold } from '../support/model/histories-hold.ts';

describe('whatever people and machines do, every invariant holds', () => historiesHold(0));
