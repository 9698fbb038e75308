/**
 * Who may import whom (docs/ARCHITECTURE.md). Imports only go down:
 * apps -> L4 -> L3 -> L2 -> L1 -> L0; libraries of L2 never import each other.
 */
const layers = {
  L0: ['common'],
  L1: ['evm', 'state'],
  L2: ['chain', 'anchoring', 'orchestration'],
  L3: ['store', 'rpc', 'messaging', 'persistence', 'runtime-drivers', 'contracts'],
  L4: ['platform', 'node', 'sdk', 'cli'],
};
const path = (names) => `^libs/(${names.join('|')})/src`;
const above = (level) =>
  Object.entries(layers)
    .filter(([name]) => name > level)
    .flatMap(([, names]) => names);
const tests = '\\.spec\\.ts$|/testing/';
const pure = path([...layers.L0, ...layers.L1, ...layers.L2]);

const noUpwards = ['L0', 'L1', 'L2', 'L3'].map((level) => ({
  name: `no-upward-import-from-${level}`,
  severity: 'error',
  from: { path: path(layers[level]), pathNot: tests },
  to: { path: `${path(above(level))}|^apps/` },
}));

const noSiblings = [...layers.L1, ...layers.L2].map((name) => ({
  name: `${name}-imports-no-sibling`,
  severity: 'error',
  from: { path: path([name]), pathNot: tests },
  to: { path: path(layers[layers.L1.includes(name) ? 'L1' : 'L2'].filter((n) => n !== name)) },
}));

/** Each outside world has one owner. */
const owners = [
  ['typeorm|pg', ['persistence']],
  ['@nats-io/[^/]+', ['messaging']],
  ['ethers', ['contracts', 'sdk']],
  ['lmdb', ['store']],
  ['@nestjs/[^/]+', ['platform', 'node', '../apps/[^/]+']],
].map(([modules, libs]) => ({
  name: `${modules.replace(/\W+/g, '-')}-has-one-owner`,
  severity: 'error',
  from: {
    path: '^(libs|apps)/',
    pathNot: `^(${libs.map((l) => (l.startsWith('../') ? l.slice(3) : `libs/${l}`)).join('|')})/|${tests}`,
  },
  to: { path: `(^|/)node_modules/(${modules})/` },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-deep-import-into-a-library',
      comment: 'A library is used through src/index.ts only.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    },
    {
      name: 'apps-do-not-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'pure-libraries-do-no-io',
      severity: 'error',
      from: { path: pure, pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|assert)$' },
    },
    {
      name: 'child-processes-belong-to-runtime-drivers',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: `^libs/(runtime-drivers|cli/src/up)/|${tests}` },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: `^libs/testing/|${tests}` },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'no-development-dependencies-in-the-product',
      severity: 'error',
      from: { path: '^(libs|apps)/[^/]+/src', pathNot: tests },
      to: { path: '(^|/)node_modules/(@ethereumjs/|viem/|web3/|hardhat/)' },
    },
    ...noUpwards,
    ...noSiblings,
    ...owners,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|^apps/dashboard/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node'],
    },
  },
};
