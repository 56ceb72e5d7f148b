/** The shared timecode vectors, asked of the page's TypeScript and of the panel's JavaScript. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";

const here = new URL("./", import.meta.url);
const vectors = JSON.parse(readFileSync(new URL("golden/timecode_vectors.json", here), "utf8"));
const load = createRequire(new URL("../adapters/premiere/panel/main.js", here));
const time = load("./src/time.js");
const texts = load("./src/texts.js");

/** The page's own time module as it was built; the page's tests say where. */
const built = process.env.DUBSYNC_BUILT_PAGE;
const page = built && (await import(`data:text/javascript,${encodeURIComponent(whole("timecode.js"))}`));

/** A built module with what it imports from its neighbour put in its place. */
function whole(name) {
  const text = readFileSync(`${built}/${name}`, "utf8");
  return text.replace(/from"\.\/([^"]+)"/g, (_, other) => `from"data:text/javascript,${encodeURIComponent(whole(other))}"`);
}

const ticksOf = ({ num, den }) => (time.TICKS_PER_SECOND * BigInt(den)) / BigInt(num);

/** "7201/2" s in ticks; exact, for every nominal rate divides a second's ticks. */
function ticks(seconds) {
  const [num, den = 1n] = seconds.split("/").map(BigInt);
  assert.equal((time.TICKS_PER_SECOND * num) % den, 0n);
  return (time.TICKS_PER_SECOND * num) / den;
}

for (const [name, counting] of Object.entries(vectors.countings)) {
  test(`the panel counts ${name} as the vectors do`, () => {
    const perFrame = ticksOf(counting);
    for (const [frame, label, , clock] of counting.labels) {
      assert.equal(time.timecode(frame, perFrame, counting.drop_frame), label);
      assert.equal(time.labelTicks(frame, perFrame, counting.drop_frame), ticks(clock));
    }
  });

  test(`the page counts ${name} as the vectors do`, { skip: !page }, () => {
    for (const [frame, label, sample] of counting.labels) {
      assert.equal(page.timecode(frame, counting), label);
      assert.equal(page.parseTimecode(label, counting), frame);
      assert.equal(page.frameToSample(frame, counting), sample);
      assert.equal(page.sampleToFrame(sample, counting), frame);
    }
    for (const label of counting.missing) assert.equal(page.parseTimecode(label, counting), null, label);
  });
}

test("the panel takes subtitle times from the origin of the vectors", () => {
  const clock = (ms) => new Date(ms % 86400000).toISOString().slice(14, 23).replace(".", ",");
  const srt = (ms) => `${String(Math.floor(ms / 3600000)).padStart(2, "0")}:${clock(ms)}`;
  for (const [name, startFrame, frames, [start, end], first] of vectors.origins) {
    const counting = vectors.countings[name];
    const facts = { ticksPerFrame: ticksOf(counting), dropFrame: counting.drop_frame, startFrame, frames };
    const found = texts.fromSubtitles(`1\n${srt(start)} --> ${srt(end)}\nGood morning.\n`, facts);
    assert.equal(found.segments[0].start_frame, first, `${name} from ${startFrame}: ${srt(start)}`);
  }
});
