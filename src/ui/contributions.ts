/** Ids of commands, views, settings and context keys: the one place they are spelled, as in package.json. */
export const VIEW = 'cacheConfigMaps.caches';

/** Every command of the extension. */
export const COMMANDS = {
  refreshFromFile: 'cacheConfigMaps.refreshFromFile',
  refreshFromUrl: 'cacheConfigMaps.refreshFromUrl',
  copyAsKubectl: 'cacheConfigMaps.copyAsKubectl',
  applyPlan: 'cacheConfigMaps.applyPlan',
  discardPlan: 'cacheConfigMaps.discardPlan',
  openKey: 'cacheConfigMaps.openKey',
  createCache: 'cacheConfigMaps.createCache',
  addKey: 'cacheConfigMaps.addKey',
  copyKey: 'cacheConfigMaps.copyKey',
  renameKey: 'cacheConfigMaps.renameKey',
  deleteKey: 'cacheConfigMaps.deleteKey',
  exportKeys: 'cacheConfigMaps.exportKeys',
  compareVersions: 'cacheConfigMaps.compareVersions',
  recreateCache: 'cacheConfigMaps.recreateCache',
  removeLastApplied: 'cacheConfigMaps.removeLastApplied',
  showHistory: 'cacheConfigMaps.showHistory',
  undoLastRefresh: 'cacheConfigMaps.undoLastRefresh',
  forgetHistory: 'cacheConfigMaps.forgetHistory',
  sortEntries: 'cacheConfigMaps.sortEntries',
  deleteEntry: 'cacheConfigMaps.deleteEntry',
  deleteOldEntries: 'cacheConfigMaps.deleteOldEntries',
  showReaders: 'cacheConfigMaps.showReaders',
  restartReaders: 'cacheConfigMaps.restartReaders',
  runJob: 'cacheConfigMaps.runJob',
  suspendJob: 'cacheConfigMaps.suspendJob',
  resumeJob: 'cacheConfigMaps.resumeJob',
  showJobLog: 'cacheConfigMaps.showJobLog',
  showEvents: 'cacheConfigMaps.showEvents',
  chooseStrategy: 'cacheConfigMaps.chooseStrategy',
  scaffoldRefreshJob: 'cacheConfigMaps.scaffoldRefreshJob',
  scaffoldEventDriven: 'cacheConfigMaps.scaffoldEventDriven',
  scaffoldRefreshScript: 'cacheConfigMaps.scaffoldRefreshScript',
  scaffoldReader: 'cacheConfigMaps.scaffoldReader',
  trackCache: 'cacheConfigMaps.trackCache',
  stopTracking: 'cacheConfigMaps.stopTracking',
  chooseContexts: 'cacheConfigMaps.chooseContexts',
  chooseNamespaces: 'cacheConfigMaps.chooseNamespaces',
  nameCaches: 'cacheConfigMaps.nameCaches',
  showAllConfigMaps: 'cacheConfigMaps.showAllConfigMaps',
  showCachesOnly: 'cacheConfigMaps.showCachesOnly',
  reload: 'cacheConfigMaps.reload',
  openKubeconfig: 'cacheConfigMaps.openKubeconfig',
  enterCredentials: 'cacheConfigMaps.enterCredentials',
  forgetCredentials: 'cacheConfigMaps.forgetCredentials',
  copyAccessRequest: 'cacheConfigMaps.copyAccessRequest',
  showLog: 'cacheConfigMaps.showLog',
} as const;

/** The id of a command. */
export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Settings, without their section. */
export const SECTION = 'cacheConfigMaps';

/** The types of the settings, by name. */
export interface SettingTypes {
  readonly namePatterns: readonly string[];
  readonly kubeconfig: string;
  readonly autoSave: boolean;
  readonly 'history.versionsPerKey': number;
  readonly 'history.megabytes': number;
}

/** Context keys and the types of their values. */
export interface ContextKeys {
  /** Why the view is empty, for its welcome content. */
  readonly 'cacheConfigMaps.welcome': 'none' | 'noKubeconfig' | 'nothingChosen';
  readonly 'cacheConfigMaps.showAll': boolean;
  /** True while the active editor is the preview of a plan that can be applied. */
  readonly 'cacheConfigMaps.planShown': boolean;
}

/** Schemes of virtual documents. */
export const SCHEMES = {
  preview: 'cache-configmaps-preview',
  key: 'cache-configmaps-key',
  past: 'cache-configmaps-past',
  log: 'cache-configmaps-log',
} as const;
