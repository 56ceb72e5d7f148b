import assert from "node:assert/strict";
import test from "node:test";
import { panel } from "./panel.mjs";

const time = panel("time");
const RATES = { "24000/1001": 10594584000n, "24/1": 10584000000n, "25/1": 10160640000n, "30000/1001": 8475667200n, "60000/1001": 4237833600n };

test("a frame of every usual rate is a whole number of ticks", () => {
  for (const [rate, ticks] of Object.entries(RATES)) {
    const [num, den] = rate.split("/").map(BigInt);
    assert.equal((time.TICKS_PER_SECOND * den) % num, 0n);
    assert.equal((time.TICKS_PER_SECOND * den) / num, ticks);
    assert.equal(time.rateOf(ticks), rate);
  }
});

test("a timebase that is no number is refused", () => {
  for (const wrong of ["", "0", "-1", "10594584000.5", "NaN"]) assert.throws(() => time.ticksPerFrame(wrong), /no number/);
});

test("a day of frames comes back from its ticks, exactly and as digits", () => {
  const ticks = time.frameToTicks(2073600, RATES["24000/1001"]);
  assert.equal(ticks, "21968929382400000"); // 2 073 600 × 10 594 584 000: above 2⁵³, where a double counts in twos
  assert.deepEqual(time.frameAt(BigInt(ticks), RATES["24000/1001"]), { frame: 2073600, beyond: 0n });
  assert.deepEqual(time.frameAt(BigInt(ticks) + 1n, RATES["24000/1001"]), { frame: 2073600, beyond: 1n });
});

test("only whole frames from 0 have ticks", () => {
  for (const wrong of [-1, 0.5, NaN, Infinity]) assert.throws(() => time.frameToTicks(wrong, 8475667200n), /not a frame/);
});

test("milliseconds that came from a frame come back to it", () => {
  for (const perFrame of Object.values(RATES)) {
    for (let frame = 0; frame < 5000; frame += 7) {
      const ms = Number((2n * BigInt(frame) * perFrame + 254016000n) / 508032000n); // half up, as subtitles are written
      assert.equal(time.msToFrame(ms, perFrame), frame);
    }
  }
});

test("rates are compared as numbers, not as texts", () => {
  assert.ok(time.sameRate("25", "25/1"));
  assert.ok(time.sameRate("24000/1001", "48000/2002"));
  assert.ok(!time.sameRate("24/1", "24000/1001"));
});

test("dropped labels are left out of every minute that is no multiple of ten", () => {
  const at = (frame) => time.timecode(frame, 8475667200n, true);
  assert.deepEqual([1799, 1800, 3597, 3598, 17981, 17982].map(at), [
    "00:00:59;29", "00:01:00;02", "00:01:59;29", "00:02:00;02", "00:09:59;29", "00:10:00;00",
  ]);
  assert.equal(at(107892), "01:00:00;00");
  assert.equal(time.timecode(3600, 4237833600n, true), "00:01:00;04");
  assert.equal(time.timecode(86400, 10594584000n, false), "01:00:00:00");
});
