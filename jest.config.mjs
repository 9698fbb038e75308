const transform = { '^.+\\.ts$': '@swc/jest' };
const shared = {
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  testEnvironment: 'node',
  moduleNameMapper: {
    '^@flotilla/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['/dist/'],
};

/** The file's suffix picks the runner: *.spec.ts is fast and does no I/O, *.integration.spec.ts meets real services, *.long.spec.ts takes minutes. */
export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,apps}/*/src/**/*.spec.ts', '<rootDir>/bench/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.integration\\.spec\\.ts$'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: [
        '<rootDir>/{libs,apps}/*/src/**/*.integration.spec.ts',
        '<rootDir>/bench/**/*.integration.spec.ts',
      ],
    },
    { ...shared, displayName: 'conformance', testMatch: ['<rootDir>/test/conformance/*.spec.ts'] },
    {
      ...shared,
      displayName: 'system',
      testMatch: ['<rootDir>/test/{e2e,robustness,security,isolation,browser}/*.spec.ts'],
      testPathIgnorePatterns: ['\\.long\\.spec\\.ts$'],
    },
    { ...shared, displayName: 'long', testMatch: ['<rootDir>/test/**/*.long.spec.ts'] },
  ],
};
