import { workspace } from 'vscode';
import { SECTION, type SettingTypes } from './contributions.ts';

/** The value of a setting now; its default stands in the manifest. */
export function setting<K extends keyof SettingTypes>(name: K): SettingTypes[K] {
  return workspace.getConfiguration(SECTION).get(name) as SettingTypes[K];
}
