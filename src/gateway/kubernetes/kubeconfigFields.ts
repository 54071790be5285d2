import { parseAllDocuments } from 'yaml';

/** A cluster of a kubeconfig, with the names of client-go's `api/v1.Cluster`. */
export interface ClusterFields {
  readonly server?: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
  readonly 'disable-compression'?: boolean;
  readonly extensions?: Extensions;
}

/** What other programs keep in a kubeconfig; some of it is for plugins. */
type Extensions = readonly { readonly name?: string; readonly extension?: unknown }[];

/** How a credential plugin is run. Source: client-go's `api/v1.ExecConfig`. */
export interface ExecFields {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name?: string; readonly value?: string }[];
  readonly apiVersion?: string;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: string;
}

/** A user of a kubeconfig, with the names of client-go's `api/v1.AuthInfo`. */
export interface UserFields {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly as?: string;
  readonly 'as-uid'?: string;
  readonly 'as-groups'?: readonly string[];
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>>;
  readonly username?: string;
  readonly password?: string;
  readonly 'auth-provider'?: {
    readonly name?: string;
    readonly config?: Readonly<Record<string, string>>;
  };
  readonly exec?: ExecFields;
  readonly extensions?: Extensions;
}

/** A context of a kubeconfig. */
export interface ContextFields {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
  readonly extensions?: Extensions;
}

interface Named {
  readonly name?: string;
}

/** A kubeconfig file, as far as it is known here. */
export interface KubeconfigFields {
  readonly 'current-context'?: string;
  readonly contexts?: readonly (Named & { readonly context?: ContextFields })[];
  readonly clusters?: readonly (Named & { readonly cluster?: ClusterFields })[];
  readonly users?: readonly (Named & { readonly user?: UserFields })[];
}

/** What a field holds. `[shape]` is a list of such, `{}` of fields an object, `mapOf` any names. */
type Shape =
  | 'string'
  | 'boolean'
  | 'base64'
  | 'any'
  | readonly [Shape]
  | { readonly mapOf: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

const EXTENSIONS: Shape = [{ fields: { name: 'string', extension: 'any' } }];

const NAMED = (field: string, fields: Readonly<Record<string, Shape>>): Shape => [
  { fields: { name: 'string', [field]: { fields: { ...fields, extensions: EXTENSIONS } } } },
];

const KUBECONFIG: Shape = {
  fields: {
    kind: 'string',
    apiVersion: 'string',
    'current-context': 'string',
    contexts: NAMED('context', { cluster: 'string', user: 'string', namespace: 'string' }),
    clusters: NAMED('cluster', {
      server: 'string',
      'tls-server-name': 'string',
      'insecure-skip-tls-verify': 'boolean',
      'certificate-authority': 'string',
      'certificate-authority-data': 'base64',
      'proxy-url': 'string',
      'disable-compression': 'boolean',
    }),
    users: NAMED('user', {
      'client-certificate': 'string',
      'client-certificate-data': 'base64',
      'client-key': 'string',
      'client-key-data': 'base64',
      token: 'string',
      tokenFile: 'string',
      as: 'string',
      'as-uid': 'string',
      'as-groups': ['string'],
      'as-user-extra': { mapOf: ['string'] },
      username: 'string',
      password: 'string',
      'auth-provider': { fields: { name: 'string', config: { mapOf: 'string' } } },
      exec: {
        fields: {
          command: 'string',
          args: ['string'],
          env: [{ fields: { name: 'string', value: 'string' } }],
          apiVersion: 'string',
          installHint: 'string',
          provideClusterInfo: 'boolean',
          interactiveMode: 'string',
        },
      },
    }),
  },
};

/** Why a text is no kubeconfig, as a clause after the name of its file. */
export class NotAKubeconfig extends Error {}

/**
 * Reads the text of a kubeconfig as client-go does: the first YAML 1.1 document; a field of another type
 * than it should have is a fault, a field that is not known is passed over, an empty text counts as
 * absent. Throws `NotAKubeconfig`.
 */
export function readKubeconfigText(text: string): KubeconfigFields {
  const root = rootOf(text);
  const fields = take(KUBECONFIG, root, '') as KubeconfigFields & {
    readonly kind?: string;
    readonly apiVersion?: string;
  };
  const { kind = 'Config', apiVersion = 'v1' } = fields;
  if (kind !== 'Config' || apiVersion !== 'v1') {
    throw new NotAKubeconfig(`is of kind ${kind}, ${apiVersion}, and not Config, v1`);
  }
  return fields;
}

function rootOf(text: string): unknown {
  const documents = parseAllDocuments(text, {
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    // What looks like a time is a text for client-go.
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !/timestamp/.test(tag.tag)),
  });
  const first = Array.isArray(documents) ? documents[0] : undefined;
  const fault = first?.errors[0];
  if (fault !== undefined) throw new NotAKubeconfig(`is not valid YAML: ${fault.message}`);
  return first?.toJS() ?? {};
}

/** Takes from a value what its shape names. `place` is where it stands, for the words of a fault. */
function take(shape: Shape, value: unknown, place: string): unknown {
  if (value === null || value === undefined || shape === 'any') return value ?? undefined;
  if (shape === 'boolean')
    return typeof value === 'boolean' ? value : fault(place, 'true or false');
  if (shape === 'string' || shape === 'base64') return takeText(shape, value, place);
  if ('fields' in shape) {
    const fields = takeObject(value, place);
    return present(
      Object.entries(shape.fields).map(([name, inner]) => [
        name,
        take(inner, fields[name], place === '' ? name : `${place}.${name}`),
      ]),
    );
  }
  if ('mapOf' in shape) {
    const members = Object.entries(takeObject(value, place));
    return present(
      members.map(([name, each]) => [name, take(shape.mapOf, each, `${place}.${name}`)]),
    );
  }
  if (!Array.isArray(value)) return fault(place, 'a list');
  return value.map(
    (each, index) => take(shape[0], each, `${place}[${index}]`) ?? emptyOf(shape[0]),
  );
}

function takeText(shape: 'string' | 'base64', value: unknown, place: string): string | undefined {
  if (typeof value !== 'string') return fault(place, 'a text');
  if (
    shape === 'base64' &&
    !/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(
      value.replace(/[\r\n]/g, ''),
    )
  ) {
    return fault(place, 'base64');
  }
  return value === '' ? undefined : value;
}

function takeObject(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fault(place, 'an object');
  }
  return value as Readonly<Record<string, unknown>>;
}

function present(members: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/** What an element is that says nothing. */
function emptyOf(shape: Shape): unknown {
  return typeof shape === 'string' ? '' : {};
}

function fault(place: string, wanted: string): never {
  throw new NotAKubeconfig(`is not a kubeconfig: ${place === '' ? 'it' : place} is not ${wanted}`);
}
