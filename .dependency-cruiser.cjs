/** The import rules of the house plan (ARCHITECTURE.md), as `npm run check` proves them. */
const only = (from, allowed, comment) => ({
  name: `${from.replace(/\W+/g, '-')}-only`,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [from, ...allowed].map((folder) => `^src/${folder}(/|$)`) },
});
// Unanchored: a checkout may have node_modules as a link to another place.
const sdk = '(^|/)node_modules/(@aws-sdk|@smithy)/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: {},
      to: { path: '^src/(main|demo|demo-controller)\\.ts$' },
    },
    only('model', [], 'model is pure and imports nothing of ours'),
    only('placement', ['model'], 'placement is pure'),
    only('reconcilers', ['model', 'aws/ports\\.ts'], 'a reconciler sees AWS through the ports'),
    only('aws', ['model'], 'aws knows nothing of what it is used for'),
    only('store', ['model'], 'store knows nothing of what it is used for'),
    only('simulator', ['model'], 'the simulator knows nothing of the controller'),
    only(
      'controller',
      ['model', 'placement', 'store', 'aws', 'reconcilers/contract\\.ts'],
      'the engine reaches reconcilers through their contract',
    ),
    only(
      'telemetry',
      ['model', 'controller', 'placement', 'aws', 'store', 'web/snapshot\\.ts'],
      'telemetry hangs on the engine, never the other way round',
    ),
    only('web', ['model', 'controller', 'placement', 'store', 'telemetry'], 'the page shows; it decides nothing'),
    {
      name: 'reconcilers-apart',
      comment: 'a reconciler never knows another',
      severity: 'error',
      from: { path: '^src/reconcilers/([^/]+)/' },
      to: { path: '^src/reconcilers/([^/]+)/', pathNot: '^src/reconcilers/$1/' },
    },
    {
      name: 'sdk-at-the-edge',
      comment: 'only aws, store and simulator know the SDK or the wire',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(aws|store|simulator)/' },
      to: { path: sdk },
    },
    {
      name: 'nobody-imports-deploy',
      comment: 'the product does not know how it is deployed',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^deploy/' },
    },
    {
      name: 'deploy-takes-what-is-declared',
      comment: 'deploy/ is made from pure code and declarations, never from what acts',
      severity: 'error',
      from: { path: '^deploy/' },
      to: {
        path: '^src/',
        pathNot: '^src/(model/|reconcilers/|aws/iam\\.ts|store/(iam|keys)\\.ts|telemetry/catalogue)',
      },
    },
    {
      name: 'cdk-in-stacks-only',
      comment: 'policies and settings are plain data: they can be read, tested and printed without the CDK',
      severity: 'error',
      from: { path: '^(src|deploy)/', pathNot: '^deploy/(stacks/|observability/|app\\.ts|nag\\.ts)' },
      to: { path: '(^|/)node_modules/(aws-cdk-lib|constructs|cdk-nag)/' },
    },
    { name: 'no-test-code', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
