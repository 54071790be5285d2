import { chance } from '../fakes/chance.ts';

/** Kubeconfig files, and the order in which `KUBECONFIG` names them. `FOLDER` stands for their folder. */
export interface FileSet {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly list: readonly string[];
}

const ONE = `
apiVersion: v1
kind: Config
current-context: one
contexts: [{name: one, context: {cluster: c, user: u, namespace: ns}}]
clusters: [{name: c, cluster: {server: "https://one:6443"}}]
users: [{name: u, user: {token: first}}]
`;

const TWO = `
current-context: two
contexts: [{name: two, context: {cluster: c, user: u}}, {name: one, context: {cluster: d, user: v}}]
clusters: [{name: c, cluster: {server: "https://two", tls-server-name: x}}, {name: d, cluster: {server: "http://d"}}]
users: [{name: u, user: {username: anna, password: p}}, {name: v, user: {token: second}}]
`;

/** One file, which is the whole set. */
function alone(title: string, text: string, name = 'config'): FileSet {
  return { title, files: { [name]: text }, list: [name] };
}

/** A file with one context, and these fields of its cluster and user. */
function fields(title: string, cluster: string, user = 'token: t', name = 'config'): FileSet {
  const text = `
contexts: [{name: x, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://x", ${cluster}}}]
users: [{name: u, user: {${user}}}]
`;
  return alone(title, text, name);
}

const V1 = 'client.authentication.k8s.io/v1';

/** Sets that kubectl reads. */
export const HAND_MADE: readonly FileSet[] = [
  alone('one file', ONE),
  { title: 'two files, the first wins whole', files: { a: ONE, b: TWO }, list: ['a', 'b'] },
  { title: 'the same two, the other way round', files: { a: ONE, b: TWO }, list: ['b', 'a'] },
  { title: 'a missing file between', files: { a: ONE, b: TWO }, list: ['a', 'none', 'b'] },
  { title: 'an empty file first', files: { empty: '', b: TWO }, list: ['empty', 'b'] },
  { title: 'a file twice', files: { a: ONE }, list: ['a', 'a'] },
  fields('an authority beside the file', 'certificate-authority: ca.crt'),
  fields('an authority in a folder below', 'certificate-authority: sub/ca.crt'),
  fields('an authority above', 'certificate-authority: ../ca.crt', 'token: t', 'sub/config'),
  fields('an authority by its whole path', 'certificate-authority: FOLDER/sub/ca.crt'),
  fields(
    'a client certificate in files',
    '',
    'client-certificate: sub/user.crt, client-key: sub/deep/user.key',
  ),
  fields(
    'a client certificate as data',
    '',
    'client-certificate-data: QUJD, client-key-data: REVG',
  ),
  fields('a token file', '', 'tokenFile: sub/token', 'sub/config'),
  fields('a password', '', 'username: anna, password: "a:b@c/d"'),
  fields(
    'impersonation',
    '',
    'token: t, as: ben, as-uid: "7", as-groups: [a, b], as-user-extra: {x/y: [1a, 2b], z: [q]}',
  ),
  fields(
    'a server name and no verification',
    'tls-server-name: other, insecure-skip-tls-verify: true',
  ),
  fields('yes in place of true', 'insecure-skip-tls-verify: yes'),
  fields('proxies', 'proxy-url: "socks5://localhost:1080", disable-compression: true'),
  fields(
    'a plugin from PATH',
    '',
    `exec: {apiVersion: ${V1}, command: login, args: [a, "b c"], interactiveMode: Never}`,
  ),
  fields(
    'a plugin with a slash',
    '',
    `exec: {apiVersion: ${V1}, command: ./login, interactiveMode: IfAvailable}`,
    'sub/config',
  ),
  fields(
    'a plugin with everything',
    '',
    `exec: {apiVersion: ${V1}, command: /bin/login, env: [{name: A, value: b}], installHint: "get it", provideClusterInfo: true, interactiveMode: Always}`,
  ),
  fields(
    'an auth provider',
    '',
    'auth-provider: {name: oidc, config: {client-id: c, id-token: t}}',
  ),
  fields('extensions', 'extensions: [{name: e, extension: {any: [1, {a: b}]}}]'),
  fields('fields that nobody knows', 'future: {a: 1}', 'token: t, future: [1]'),
  fields('a field that is given twice', 'server: "https://again"'),
  alone(
    'contexts without user, cluster, or both',
    'contexts: [{name: a, context: {cluster: c}}, {name: b, context: {user: u}}, {name: d}]\nclusters: [{name: c, cluster: {server: "http://c"}}]\nusers: [{name: u, user: {token: t}}]\n',
  ),
  alone(
    'names with signs',
    'contexts: [{name: "arn:aws:eks:eu/x@y", context: {cluster: "a/b", user: "c@d:e"}}]\nclusters: [{name: "a/b", cluster: {server: "https://c"}}]\nusers: [{name: "c@d:e", user: {token: t}}]\n',
  ),
  alone(
    'names that are not there',
    'contexts: [{name: a, context: {cluster: gone, user: lost}}]\n',
  ),
  alone(
    'JSON',
    JSON.stringify({
      contexts: [{ name: 'j', context: { cluster: 'c' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://j', 'Proxy-URL': 'x' } }],
    }),
  ),
  alone(
    'anchors and merges',
    'base: &b {server: "https://b"}\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {<<: *b, tls-server-name: q}}]\n',
  ),
  alone('a second document, which says nothing', `${ONE}---\ncontexts: [{name: late}]\n`),
  alone(
    'nothing where lists could be',
    'contexts: [{name: a, context: {cluster: c}}]\nclusters:\nusers: null\npreferences: {}\n',
  ),
  alone('what looks like a time', 'contexts: [{name: a, context: {namespace: "2026-01-01"}}]\n'),
];

/** Sets that kubectl refuses. `broken` is the file that is at fault. */
export const BROKEN: readonly (FileSet & { readonly broken: string })[] = [
  alone('broken YAML', 'contexts: ['),
  alone('a tab', 'contexts:\n\t- name: a\n'),
  alone('a text', 'hello'),
  alone('another kind', ONE.replace('kind: Config', 'kind: Pod')),
  alone('another version', ONE.replace('apiVersion: v1', 'apiVersion: v2')),
  alone(
    'a name twice',
    ONE.replace(
      '[{name: u, user: {token: first}}]',
      '[{name: u, user: {token: a}}, {name: u, user: {token: b}}]',
    ),
  ),
  fields('a number for a token', '', 'token: 123'),
  fields('a text for a truth', 'insecure-skip-tls-verify: "true"'),
  fields('a truth for a password', '', 'username: x, password: y'),
  fields('data that is not base64', 'certificate-authority-data: "@@"'),
  fields('a text for a list', '', 'as-groups: admins'),
  alone('a number for a name', 'contexts: [{name: 1, context: {}}]'),
  alone('a map for a list', 'contexts: {a: {cluster: c}}'),
  {
    ...alone('a good file beside a bad one', '['),
    files: { a: ONE, config: '[' },
    list: ['a', 'config'],
  },
].map((set) => ({ ...set, broken: 'config' }));

const NAMES = ['a', 'b', 'prod/eu', 'dev@home', 'arn:x:y', 'été', 'a b'];

/** Sets of one to four files with names that meet, the same ones each time. */
export function* generatedSets(count: number): Generator<FileSet> {
  for (let seed = 0; seed < count; seed++) {
    const next = chance(seed);
    const size = 1 + next(4);
    const files: Record<string, string> = {};
    const list: string[] = [];
    for (let index = 0; index < size; index++) {
      const name = `${['', 'sub/', 'sub/deep/'][next(3)] ?? ''}${seed}-${index}`;
      list.push(name);
      // The first is there in any case: a list of missing files is another matter.
      if (index === 0 || next(5) > 0) files[name] = JSON.stringify(generatedFile(next));
    }
    yield { title: `seed ${seed}`, files, list };
  }
}

type Next = (limit: number) => number;

function generatedFile(next: Next): object {
  const some = <T>(make: (name: string) => T): T[] =>
    NAMES.filter(() => next(2) === 0).map((name) => make(name));
  const pick = (list: readonly string[]) => list[next(list.length)] ?? '';
  const maybe = (member: object) => (next(3) === 0 ? member : {});
  return {
    ...maybe({ 'current-context': pick(NAMES) }),
    contexts: some((name) => ({
      name,
      context: {
        ...(next(6) === 0 ? {} : { cluster: pick(NAMES) }),
        ...(next(6) === 0 ? {} : { user: pick(NAMES) }),
        ...maybe({ namespace: pick(['x', 'y']) }),
      },
    })),
    clusters: some((name) => ({
      name,
      cluster: {
        server: `https://${next(1000)}`,
        ...maybe({ 'certificate-authority': 'ca.crt' }),
        ...maybe({ 'insecure-skip-tls-verify': next(2) === 0 }),
        ...maybe({ 'proxy-url': 'http://proxy' }),
      },
    })),
    users: some((name) => ({
      name,
      user: {
        ...maybe({ token: `t${next(1000)}` }),
        ...maybe({ tokenFile: pick(['token', './t', '../t']) }),
        ...maybe({ 'client-certificate': 'user.crt', 'client-key': 'user.key' }),
        ...maybe({ exec: { apiVersion: V1, command: pick(['x', './x', 'sub/x']), args: [name] } }),
        ...maybe({ as: name, 'as-groups': [name, 'g'] }),
      },
    })),
  };
}
