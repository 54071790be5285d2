import { isFields, type Fields, type JsonReader } from './json.ts';
import {
  containerOf,
  keysOf,
  roleOfInit,
  volumesOf,
  type Container,
  type Volume,
} from './podUses.ts';
import { wordsOf } from './strangeNames.ts';
import type { Use, Way } from './use.ts';

/** A reference to another object that holds templates. */
export interface TemplateHolder {
  readonly name: string;
  /** True for a ClusterWorkflowTemplate. */
  readonly isCluster: boolean;
}

/** A call of a template: of the same object, or of another that holds it. */
export interface Call {
  readonly template: string;
  readonly holder?: TemplateHolder;
}

/** What matters of one template of Argo. */
export interface ArgoTemplate {
  readonly name: string;
  readonly volumes: readonly Volume[];
  readonly containers: readonly Container[];
  /** What it refers to beside its containers. */
  readonly uses: readonly Use[];
  /** Templates that it calls; of others where a holder is named. Their volumes are looked up in the caller. */
  readonly calls: readonly Call[];
}

/** What matters of a Workflow's spec, or of the like. */
export interface ArgoSpec {
  readonly volumes: readonly Volume[];
  readonly templates: readonly ArgoTemplate[];
  /** What it refers to outside its templates. */
  readonly uses: readonly Use[];
  /** Templates that its hooks call. */
  readonly calls: readonly Call[];
  /** The object whose templates it takes. */
  readonly from?: TemplateHolder;
}

/** Reads the spec of a Workflow, WorkflowTemplate or ClusterWorkflowTemplate, or the `workflowSpec` of a CronWorkflow. */
export function argoSpecOf(value: unknown, json: JsonReader): ArgoSpec {
  const spec = json.fields(value);
  const repository = json.fields(spec['artifactRepositoryRef']);
  const from = holderOf(json.fields(spec['workflowTemplateRef']), json);
  const hooks = hooksOf(spec, json);
  return {
    volumes: volumesOf(spec['volumes'], json),
    templates: [...json.list(spec['templates']), ...defaultsOf(spec, json)].flatMap((each) =>
      templatesOf(each, json),
    ),
    uses: [
      ...parametersOf(spec['arguments'], 'spec', json),
      ...hooks.flatMap((hook) => parametersOf(hook['arguments'], 'spec', json)),
      ...semaphoresOf(spec['synchronization'], 'spec', json),
      ...(Object.keys(repository).length === 0
        ? []
        : [
            useOf('artifactRepository', 'spec', {
              map: json.text(repository['configMap']) ?? 'artifact-repositories',
              keys: keysOf(repository['key'], json),
            }),
          ]),
      ...textUses(spec['podSpecPatch'], 'spec'),
    ],
    calls: hooks.flatMap((hook) => callOf(hook, json)),
    ...(from === undefined ? {} : { from }),
  };
}

/** What all templates of a spec have unless they say otherwise. */
function defaultsOf(spec: Fields, json: JsonReader): readonly Fields[] {
  const defaults = json.fields(spec['templateDefaults']);
  return Object.keys(defaults).length === 0 ? [] : [{ name: 'templateDefaults', ...defaults }];
}

/** A template and those that stand inside its steps or tasks, however deep, which bear its name. */
function templatesOf(template: Fields, json: JsonReader): readonly ArgoTemplate[] {
  const name = json.text(template['name']) ?? '';
  const all = [template];
  for (const one of all) {
    for (const { inline } of tasksOf(one, json)) {
      if (inline !== undefined) all.push({ ...json.fields(inline), name });
    }
  }
  return all.map((one) => templateOf(one, json));
}

/** Hooks of a spec or of a task: they call templates, with arguments. */
function hooksOf(holder: Fields, json: JsonReader): readonly Fields[] {
  return Object.values(json.fields(holder['hooks'])).map((hook) => json.fields(hook));
}

function templateOf(template: Fields, json: JsonReader): ArgoTemplate {
  const name = json.text(template['name']) ?? '';
  const memo = json.fields(json.fields(json.fields(template['memoize'])['cache'])['configMap']);
  const map = json.text(memo['name']) ?? '';
  const tasks = tasksOf(template, json);
  return {
    name,
    volumes: volumesOf(template['volumes'], json),
    containers: containersOf(template, json),
    uses: [
      ...parametersOf(template['inputs'], name, json),
      ...tasks.flatMap((task) => parametersOf(task['arguments'], name, json)),
      ...semaphoresOf(template['synchronization'], name, json),
      ...(map === '' ? [] : [useOf('memoization', name, { map })]),
      ...textUses(json.fields(template['resource'])['manifest'], name),
      ...textUses(template['podSpecPatch'], name),
    ],
    calls: tasks.flatMap((task) => callOf(task, json)),
  };
}

function callOf(task: Fields, json: JsonReader): readonly Call[] {
  const ref = json.fields(task['templateRef']);
  const holder = holderOf(ref, json);
  const template = json.text(holder === undefined ? task['template'] : ref['template']) ?? '';
  if (template === '') return [];
  return [holder === undefined ? { template } : { template, holder }];
}

/** Steps, which are lists of lists, tasks of a DAG, and their hooks. */
function tasksOf(template: Fields, json: JsonReader): readonly Fields[] {
  const { steps } = template;
  const groups: readonly unknown[] = Array.isArray(steps) ? steps : [];
  if (groups.length === 0) json.list(steps);
  const tasks = [
    ...groups.flatMap((group) => (isFields(group) ? [group] : json.list(group))),
    ...json.list(json.fields(template['dag'])['tasks']),
  ];
  return [...tasks, ...tasks.flatMap((task) => hooksOf(task, json))];
}

/** Argo names the container of a template `main`. */
function containersOf(template: Fields, json: JsonReader): readonly Container[] {
  const main = ['container', 'script'].flatMap((field) => {
    if (template[field] === undefined) return [];
    const container = containerOf(json.fields(template[field]), 'container', json);
    return [named({ ...container, name: container.name || 'main' })];
  });
  // The mounts of a set are those of each of its containers.
  const shared = json.fields(template['containerSet']);
  const set = json.list(shared['containers']).map((one): Fields => {
    const mounts = [...json.list(shared['volumeMounts']), ...json.list(one['volumeMounts'])];
    return { ...one, volumeMounts: mounts };
  });
  return [
    ...json.list(template['initContainers']).map((one) => containerOf(one, roleOfInit(one), json)),
    ...main,
    ...[...set, ...json.list(template['sidecars'])].map((one) =>
      containerOf(one, 'container', json),
    ),
  ];
}

function named(container: Container): Container {
  const environment = container.environment.map((use) => ({ ...use, place: container.name }));
  return { ...container, environment };
}

function parametersOf(holder: unknown, place: string, json: JsonReader): readonly Use[] {
  return json.list(json.fields(holder)['parameters']).flatMap((parameter) => {
    const { valueFrom } = parameter;
    if (!isFields(valueFrom)) return [];
    const ref = json.fields(valueFrom['configMapKeyRef']);
    const map = json.text(ref['name']) ?? '';
    return map === '' ? [] : [useOf('parameter', place, { map, keys: keysOf(ref['key'], json) })];
  });
}

/** Both forms: a list, and the single one that Argo had before version 4. */
function semaphoresOf(value: unknown, place: string, json: JsonReader): readonly Use[] {
  const synchronization = json.fields(value);
  const one = json.fields(synchronization['semaphore']);
  return [...json.list(synchronization['semaphores']), one].flatMap((semaphore) => {
    const ref = json.fields(semaphore['configMapKeyRef']);
    const map = json.text(ref['name']) ?? '';
    const namespace = json.text(semaphore['namespace']);
    const keys = keysOf(ref['key'], json);
    return map === '' ? [] : [useOf('semaphore', place, { map, namespace, keys })];
  });
}

function useOf(
  way: Way,
  place: string,
  of: {
    map: string;
    namespace?: string | undefined;
    keys?: readonly string[] | undefined;
  },
): Use {
  return {
    maps: [of.map],
    way,
    place,
    role: 'none',
    ...(of.namespace === undefined || of.namespace === '' ? {} : { namespace: of.namespace }),
    ...(of.keys === undefined ? {} : { keys: of.keys }),
  };
}

/** A text may name a ConfigMap anywhere: its words are kept, to be compared with names. */
function textUses(text: unknown, place: string): readonly Use[] {
  if (typeof text !== 'string') return [];
  const maps = wordsOf(text);
  return maps.length === 0 ? [] : [{ maps, way: 'text', place, role: 'none' }];
}

function holderOf(ref: Fields, json: JsonReader): TemplateHolder | undefined {
  const name = json.text(ref['name']) ?? '';
  return name === '' ? undefined : { name, isCluster: ref['clusterScope'] === true };
}
