const only = (name, from, to, comment) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only('no-circular', {}, { circular: true }, 'imports go one way'),
    only(
      'not-resolvable',
      {},
      { couldNotResolve: true, pathNot: '^@azure/functions-core$' },
      'an import that leads nowhere',
    ),
    only(
      'domain-is-pure',
      { path: '^shared/domain/' },
      {
        pathNot: [
          '^shared/domain/',
          '(^|/)node_modules/(zod|temporal-polyfill)/',
          '^(node:)?crypto$',
          '^infra/queues.json$',
        ],
      },
      'domain: no I/O, no packages but zod, and for dates temporal; hashing is pure, the queue list is a constant',
    ),
    only(
      'ports-know-domain-only',
      { path: '^shared/ports/' },
      { pathNot: '^shared/(ports|domain)/' },
      'ports speak the words of the domain',
    ),
    only(
      'use-cases-know-ports-only',
      { path: '^shared/(sync|admin)/' },
      { pathNot: '^shared/(sync|admin|ports|domain)/' },
      'use cases know ports, never technologies',
    ),
    only(
      'adapters-do-not-call-use-cases',
      { path: '^shared/adapters/' },
      { path: '^(shared/(sync|admin)|functions|local|web)/' },
      'adapters implement ports',
    ),
    only(
      'one-composition-root',
      { path: '^functions/', pathNot: '^functions/services\\.ts$' },
      { path: '^shared/adapters/' },
      'only functions/services.ts sees adapters',
    ),
    only(
      'functions-do-not-see-local',
      { path: '^(functions|shared|web)/' },
      { path: '^(local|test)/' },
      'imports go one way',
    ),
    only(
      'ews-only-in-its-adapter',
      { pathNot: '^shared/adapters/ews/' },
      { path: '(^|/)node_modules/(ews-javascript-api|@ewsjs)/' },
      'only adapters/ews imports ews-javascript-api',
    ),
    only(
      'azure-sdk-only-in-its-adapter',
      { path: '^(shared|functions)/', pathNot: '^shared/adapters/azure/' },
      { path: '(^|/)node_modules/@azure/(?!functions/)' },
      'only adapters/azure imports Azure SDKs',
    ),
    only(
      'shared-is-not-functions',
      { path: '^shared/' },
      { path: '(^functions/|(^|/)node_modules/@azure/functions/)' },
      'shared/ never imports @azure/functions',
    ),
    only(
      'no-dev-packages-in-product',
      { path: '^(functions|shared)/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
      'devDependencies are not deployed',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};
