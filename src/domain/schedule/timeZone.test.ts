import assert from 'node:assert/strict';
import { problemOfTimeZone, timeZones } from './timeZone.ts';

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

  it('that no cluster knows are not offered', () => {
    for (const odd of ['+02:00', 'Mars/Olympus', '']) {
      assert.equal(timeZones([odd])[0], 'UTC', odd);
    }
  });
});
