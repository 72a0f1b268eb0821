import path from 'node:path';

const rootDir = path.join(import.meta.dirname, '..');

/** Jest strips the types by Node's own means: no transformer, the tests run the files that ship.
 * @type {import('jest').Config} */
export default {
  rootDir,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/violation/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.local/'],
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  maxWorkers: 2,
  testTimeout: 30_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['functions/**/*.ts', 'shared/**/*.ts', '!shared/ports/**', 'local/**/*.ts'],
  coverageDirectory: 'dist/coverage',
};
