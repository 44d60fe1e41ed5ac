import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

// Imports go one way: api, ui ← charts ← features ← app, and no feature imports another.
const above = {
  'src/api': ['ui', 'charts', 'features', 'app'],
  'src/ui': ['charts', 'features', 'app'],
  'src/charts': ['features', 'app'],
  'src/features': ['app'],
  'src/features/board': ['detail', 'trust', 'app'],
  'src/features/detail': ['board', 'trust', 'app'],
  'src/features/trust': ['board', 'detail', 'app'],
}

const oneWay = Object.entries(above).map(([folder, rooms]) => ({
  files: [`${folder}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [{ group: rooms.map((room) => `**/${room}/**`), message: 'Imports go one way: api, ui ← charts ← features ← app.' }] },
    ],
  },
}))

export default tseslint.config(
  { ignores: ['node_modules', 'src/api/types.ts'] },
  {
    files: ['src/**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, hooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', 200],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  ...oneWay,
)
