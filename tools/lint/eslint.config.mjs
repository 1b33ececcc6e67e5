// n8n's strict rules for community packages, unchanged. They live in a folder of their own because the package's own
// package.json may hold no `overrides`, which this tool needs to install.
export { config as default } from '@n8n/node-cli/eslint';
