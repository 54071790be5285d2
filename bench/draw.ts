// Draws how the cost of the picture grows with the cluster, for README.
//   npm run bench:draw
import path from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, ensureChromium } from '../test/editor/chromium.ts';
import { Scenes } from './measurement.ts';
import { costOf, type Cost } from './picture.ts';

const PICTURE = path.resolve(import.meta.dirname, '../media/growth.png');
const SIZES = [100, 1000, 2000, 5000, 10_000, 15_000, 20_000] as const;

/** Pixels: of one diagram, and of the space around what is drawn in it. */
const WIDTH = 400;
const HEIGHT = 260;
const SPACE = { left: 50, right: 30, top: 30, bottom: 40 };

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly number[];
}

/** One diagram over the sizes, as SVG. */
function diagram(title: string, unit: string, lines: readonly Line[]): string {
  const most = Math.max(...lines.flatMap(({ values }) => values)) * 1.1;
  const x = (maps: number) =>
    SPACE.left + (maps / Math.max(...SIZES)) * (WIDTH - SPACE.left - SPACE.right);
  const y = (value: number) =>
    HEIGHT - SPACE.bottom - (value / most) * (HEIGHT - SPACE.top - SPACE.bottom);
  const text = (at: readonly [number, number], words: string, more = '') =>
    `<text x="${at[0]}" y="${at[1]}" ${more}>${words}</text>`;
  const marks = [0, 0.5, 1].map((part) => (part * most) / 1.1);
  return [
    `<svg width="${WIDTH}" height="${HEIGHT}" xmlns="http://www.w3.org/2000/svg">`,
    text([SPACE.left, 18], title, 'font-weight="bold"'),
    ...marks.map(
      (value) =>
        `<line x1="${SPACE.left}" x2="${WIDTH - SPACE.right}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
        text(
          [SPACE.left - 6, y(value) + 4],
          String(Number(value.toPrecision(2))),
          'text-anchor="end"',
        ),
    ),
    ...[0, 5000, 10_000, 15_000, 20_000].map((maps) =>
      text(
        [x(maps), HEIGHT - SPACE.bottom + 16],
        maps.toLocaleString('en'),
        'text-anchor="middle"',
      ),
    ),
    text([WIDTH - SPACE.right, HEIGHT - 6], `ConfigMaps; ${unit}`, 'text-anchor="end" fill="#666"'),
    ...lines.flatMap(({ name, colour, values }, index) => [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${values
        .map((value, at) => `${x(SIZES[at] ?? 0)},${y(value)}`)
        .join(' ')}"/>`,
      text([SPACE.left + 12, SPACE.top + 16 + index * 16], name, `fill="${colour}"`),
    ]),
    '</svg>',
  ].join('\n');
}

async function draw(costs: readonly Cost[]): Promise<void> {
  const diagrams = [
    diagram('Until caches are there', 'milliseconds', [
      { name: 'all of them', colour: '#b35900', values: costs.map(({ complete }) => complete) },
      { name: 'the first screen', colour: '#00695c', values: costs.map(({ first }) => first) },
    ]),
    diagram('Memory that they take', 'megabytes', [
      { name: 'heap', colour: '#3949ab', values: costs.map(({ heap }) => heap) },
    ]),
  ];
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: CHROMIUM_FLAGS,
  });
  const page = await browser.newPage({ viewport: { width: 2 * WIDTH, height: HEIGHT } });
  await page.setContent(
    `<body style="margin:0;background:white;font-size:0"><style>text{font:12px sans-serif}</style>${diagrams.join('')}</body>`,
  );
  await page.screenshot({ path: PICTURE });
  await browser.close();
}

const scenes = new Scenes();
try {
  const scene = await scenes.get();
  const costs: Cost[] = [];
  for (const maps of SIZES) {
    const cost = await costOf(scene, maps);
    costs.push(cost);
    process.stdout.write(`${JSON.stringify(cost)}\n`);
  }
  await draw(costs);
} finally {
  await scenes.clear();
}
