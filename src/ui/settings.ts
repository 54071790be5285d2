import { workspace } from 'vscode';
import type { HistoryLimits } from '../domain/history/history.ts';
import { SECTION, type SettingTypes } from './contributions.ts';

/** The value of a setting now; its default stands in the manifest. */
export function setting<K extends keyof SettingTypes>(name: K): SettingTypes[K] {
  return workspace.getConfiguration(SECTION).get(name) as SettingTypes[K];
}

/** How much of the history is kept, as the settings say. */
export function historyLimits(): HistoryLimits {
  return {
    versionsPerKey: setting('history.versionsPerKey'),
    bytes: setting('history.megabytes') * 1024 * 1024,
  };
}
