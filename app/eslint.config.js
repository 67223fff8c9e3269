// The linter's rules. The layers stand here, too: what a layer may import.
import tseslint from 'typescript-eslint';

// From the lowest to the highest. A layer imports itself and those before it; `host` stands beside
// them and imports none.
const LAYERS = ['protocol', 'connection', 'telephony', 'views'];

function layerRule(layer) {
  const allowed = layer === 'host' ? [layer] : LAYERS.slice(0, LAYERS.indexOf(layer) + 1);
  // Views show what the host offers.
  if (layer === 'views') allowed.push('host');
  const refused = [...LAYERS, 'host', 'tests', 'tools', 'gallery'].filter(
    (name) => !allowed.includes(name),
  );
  return {
    files: [`${layer}/**/*.ts`, `${layer}/**/*.tsx`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: refused.map((name) => `**/${name}/**`),
              message: `${layer}/ may import only ${allowed.map((name) => `${name}/`).join(', ')}.`,
            },
            { group: ['node:*'], message: 'The app runs in browsers.' },
          ],
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './protocol/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      // It does not end on types that contain themselves.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: false },
      ],
    },
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-console': 'off' },
  },
  ...[...LAYERS, 'host'].map(layerRule),
  {
    files: ['protocol/**/*.ts'],
    rules: {
      // Bytes and time come in as arguments; nothing here waits, reads a clock or draws lots.
      'no-restricted-globals': ['error', 'Date', 'setTimeout', 'setInterval', 'performance'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
    },
  },
  {
    files: ['views/**/*.tsx', 'gallery/**/*.tsx'],
    rules: {
      // The page's policy knows Trusted Types; text from outside is only ever shown as text.
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'Show text as text.',
        },
        {
          selector: "JSXAttribute[name.name='style']",
          message: 'Styles stand in style sheets, so that themes and forced colours reach them.',
        },
      ],
    },
  },
  {
    files: ['tests/**/*.ts', 'tests/**/*.tsx'],
    rules: {
      // node:test keeps its own account of the promises of test() and describe().
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe'] },
          ],
        },
      ],
    },
  },
);
