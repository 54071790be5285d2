/** Names that read like those of real repositories, the same on every run. */
const AREAS = ['billing', 'search', 'login', 'orders', 'mail', 'stock', 'maps', 'audit'] as const;
const PARTS = ['api', 'web', 'worker', 'jobs', 'docs'] as const;

/** Which repository is deployed to which namespace: `generation` changes some entries, adds and removes. */
export function mappings(generation: number): Record<string, { namespace: string; team: string }> {
  const entries = Array.from({ length: 200 }, (_, index) => {
    const number = index + generation;
    const area = AREAS[number % AREAS.length] ?? '';
    const part = PARTS[number % PARTS.length] ?? '';
    const moved = generation > 0 && index % 25 === 0;
    const namespace = moved ? `${area}-next` : area;
    return [
      `github.com/example/${area}-${part}-${number}`,
      { namespace, team: `team-${area}` },
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** A YAML document of environments. */
export function environments(generation: number): string {
  const stages = ['dev', 'test', 'staging', 'prod'];
  const rows = stages.map(
    (stage, index) =>
      `  ${stage}:\n    cluster: ${stage}-${generation + index}\n    replicas: ${index + 1}\n`,
  );
  return `# Where each stage runs.\nenvironments:\n${rows.join('')}`;
}

/** Lines of `repository=category`. */
export function categories(generation: number): string {
  const lines = Object.keys(mappings(generation)).map(
    (repository, index) => `${repository}=${index % 3 === 0 ? 'service' : 'library'}`,
  );
  return `# Category of each repository.\n${lines.join('\n')}\n`;
}
