import type { chance } from './chance.ts';

/** Pieces that mean something to a shell, to YAML 1.1 or 1.2, to the kubelet, to Argo or to an editor. */
const PIECES = [
  ...[
    "'",
    '"',
    '`',
    '\\',
    '$',
    '$$',
    '$(NAME)',
    '$(id)',
    '${x}',
    '; rm -rf /',
    '&& x',
    '| x',
    '> x',
  ],
  ...[
    '\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '  ',
    '\n  ',
    '\n---\n',
    '\n...\n',
    '\n# x',
    ' #x',
    ': ',
    ':',
    ',',
    '- ',
  ],
  ...[
    '{{x}}',
    '{{=x}}',
    '{',
    '}',
    '[',
    ']',
    '&a',
    '*a',
    '!x',
    '!!binary x',
    '%YAML',
    '@',
    '|',
    '|-',
    '>+',
    '?',
    '? ',
  ],
  ...[
    '\u0000',
    '\u0007',
    '\u001b[31m',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\u2029',
    '\u202e',
    '\ufeff',
    '\ufffd',
  ],
  ...[
    'é',
    '漢字',
    '😀',
    'a',
    'x y',
    'key=value',
    '../..',
    'http://x/?a=b&c=d#e',
    'EOF',
    '"$KEY"',
    '%00',
    '%(x)s',
  ],
];

/** Texts that a parser of YAML 1.1 or 1.2 takes for something else when they stand alone. */
const TRAPS = [
  ...'no NO No yes on off y n Y N true False NULL null ~ nan .nan .NaN inf .inf -.inf +.Inf'.split(
    ' ',
  ),
  ...'1e3 1E3 0o7 012 0x1f 0b1 1_000 1:30 190:20:30 -0 +1 1. .5 +.5 0. 00 08 1e 0x 685_230.15'.split(
    ' ',
  ),
  ...'2024-01-01 2024-01-01T00:00:00Z 12:30:45 = << - -- --- ... ? : [] {} | > % @ ` # , & * !'.split(
    ' ',
  ),
  ...[
    '',
    ' ',
    '\n',
    '\t',
    '2001-12-14 21:59:43.10 -5',
    'a: b',
    'a #b',
    '- a',
    '? a',
    'a:',
    "'",
    '"',
    '!!str a',
  ],
  ...[
    '{a: b}',
    '[a]',
    'a\n',
    'a\n\n',
    '\na',
    ' a',
    'a ',
    'a\tb',
    'a\n b',
    'a\n\tb',
    ' a\nb\n',
    '#!/bin/sh\nx\n',
  ],
];

/** A text that something on its way could take for more than a text. */
export function hostileText(below: ReturnType<typeof chance>): string {
  if (below(3) === 0) return TRAPS[below(TRAPS.length)] ?? '';
  return Array.from({ length: 1 + below(6) }, () => PIECES[below(PIECES.length)] ?? '').join('');
}

/**
 * What somebody may have a cluster say, in an event, a condition, an annotation or a termination message: a link to a
 * command, an icon, Markdown, HTML, another line that looks like ours, and a sign that turns the rest around.
 */
export const HOSTILE_WORDS =
  'said [Click](command:workbench.action.quit)\n$(flame) **b** <img src="x"> <https://example.com>\r\n---\u2028Nothing failed.\u202e';

/** The same, and then more than any place has room for. */
export const HOSTILE_FLOOD = `${HOSTILE_WORDS}${'flood '.repeat(6000)}`;

/** Signs that begin another line, or turn the order of others around. */
export const UNRULY = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** What VS Code makes links of in a notification. Source: `parseLinkedText` of VS Code. */
export function linksIn(notification: string): readonly string[] {
  const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;
  return notification.replaceAll(/\r\n|\n|\r/g, ' ').match(link) ?? [];
}

/** In whose place VS Code draws icons in a row of a list. Source: `renderLabelWithIcons` of VS Code. */
export function iconsIn(row: string): readonly string[] {
  const found = row.matchAll(/(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g);
  return [...found].filter(([, escape]) => escape === undefined).map(([icon]) => icon);
}
