import type { ArgoSpec, ArgoTemplate, Call, TemplateHolder } from './argoSpec.ts';
import { usesOfContainer, type Volume } from './podUses.ts';
import type { Use } from './use.ts';

/** Finds the spec of an object that holds templates, where it is there. */
export type FindSpec = (holder: TemplateHolder) => ArgoSpec | undefined;

/** Everything that a spec refers to, with the templates that it takes from others. */
export function usesOfSpec(spec: ArgoSpec, find: FindSpec): readonly Use[] {
  const from = spec.from && find(spec.from);
  const volumes = [...spec.volumes, ...(from?.volumes ?? [])];
  const templates = [...spec.templates, ...(from?.templates ?? [])];
  const calls = [spec, ...templates, ...(from === undefined ? [] : [from])];
  const called = calledBy(
    calls.flatMap((each) => each.calls),
    spec,
    find,
  );
  return [
    ...spec.uses,
    ...(from?.uses ?? []),
    ...[...templates, ...called].flatMap((template) => usesOfTemplate(template, volumes)),
  ];
}

/** The templates of other objects that are called, by a spec or by such a template, each once. */
function calledBy(calls: readonly Call[], spec: ArgoSpec, find: FindSpec): readonly ArgoTemplate[] {
  const found = new Set<ArgoTemplate>();
  const waiting = [{ calls, home: spec }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { template: name, holder } of next.calls) {
      const home = holder === undefined ? next.home : find(holder);
      const template = home?.templates.find((one) => one.name === name);
      if (home === undefined || template === undefined || found.has(template)) continue;
      // Those of the spec itself are looked at anyway.
      if (home === spec) continue;
      found.add(template);
      waiting.push({ calls: template.calls, home });
    }
  }
  return [...found];
}

/** The volumes of a template stand before those of the spec that have the same name. */
function usesOfTemplate(template: ArgoTemplate, volumes: readonly Volume[]): readonly Use[] {
  const under = `${template.name}/`;
  const known = [...template.volumes, ...volumes];
  return [
    ...template.containers.flatMap((container) => usesOfContainer(container, known, under)),
    ...template.uses,
  ];
}
