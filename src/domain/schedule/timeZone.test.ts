import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { offsetsOf, presentName, problemOfTimeZone, timeZones } from './timeZone.ts';

describe('time zones', () => {
  it('that are offered begin with the likely one and UTC, each once, and each will do', () => {
    const zones = timeZones(['Europe/Berlin']);
    assert.deepEqual(zones.slice(0, 2), ['Europe/Berlin', 'UTC']);
    assert.equal(new Set(zones).size, zones.length);
    assert.ok(zones.includes('America/New_York') && zones.length > 300);
    assert.deepEqual(
      zones.filter((zone) => problemOfTimeZone(zone) !== undefined),
      [],
    );
  });

  it('have the names that they have by now, each of which tells the same time as the old one', () => {
    const zones = timeZones(['Asia/Calcutta']);
    assert.deepEqual(zones.slice(0, 2), ['Asia/Kolkata', 'UTC']);
    for (const zone of ['Europe/Kyiv', 'Asia/Kathmandu', 'Asia/Yangon', 'America/Nuuk']) {
      assert.ok(zones.includes(zone), zone);
    }
    const [january, july] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)];
    for (const old of Intl.supportedValuesOf('timeZone')) {
      const now = presentName(old);
      assert.ok(zones.includes(now) && (now === old || !zones.includes(old)), old);
      for (const time of [january, july]) {
        assert.equal(offsetsOf(now)(time), offsetsOf(old)(time), old);
      }
    }
  });

  it('are all of the zones of the IANA database, where this machine has it', async function () {
    const table = await readFile('/usr/share/zoneinfo/zone.tab', 'utf8').catch(() => undefined);
    if (table === undefined) return this.skip();
    const names = table
      .split('\n')
      .flatMap((line) => (/^[A-Z]{2}\t/.test(line) ? (line.split('\t')[2] ?? []) : []));
    const zones = timeZones([]);
    assert.deepEqual(
      names.filter((name) => !zones.includes(name)),
      [],
    );
  });

  it('that no cluster knows are not offered', () => {
    for (const odd of ['+02:00', 'Mars/Olympus', '']) {
      assert.equal(timeZones([odd])[0], 'UTC', odd);
    }
  });
});
