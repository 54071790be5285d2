// What commands and saves do: the third bundle, loaded with the first of them.
export { commandTable } from './ui/commandTable.ts';
export { compareVersions } from './ui/flows/history/compareVersions.ts';
export { saveKey } from './ui/flows/keys/saveKey.ts';
