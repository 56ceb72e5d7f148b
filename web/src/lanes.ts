// Who stands in which lane, and which part of the timeline is in view. Pure: no signals, no elements.
import type { Line } from "./api-types.ts";

export interface Placed {
  line: Line;
  start: number;
  end: number;
  row: number;
}

export interface Lane {
  name: string;
  rows: number;
  placed: Placed[];
}

/** One lane a character, in the order given; lines of one character that overlap get rows of their own. */
export function lanesOf(
  lines: readonly Line[],
  names: readonly string[],
  span: (line: Line) => { start: number; end: number },
): Lane[] {
  const lanes = new Map<string, { lane: Lane; ends: number[] }>();
  for (const name of names) lanes.set(name, { lane: { name, rows: 1, placed: [] }, ends: [] });
  const ordered = lines.map((line) => ({ line, ...span(line) })).sort((a, b) => a.start - b.start);
  for (const { line, start, end } of ordered) {
    let found = lanes.get(line.character);
    if (!found) {
      found = { lane: { name: line.character, rows: 1, placed: [] }, ends: [] };
      lanes.set(line.character, found);
    }
    const free = found.ends.findIndex((until) => until <= start);
    const row = free < 0 ? found.ends.length : free;
    found.ends[row] = end;
    found.lane.rows = Math.max(found.lane.rows, row + 1);
    found.lane.placed.push({ line, start, end, row });
  }
  return [...lanes.values()].map(({ lane }) => lane);
}

export interface View {
  /** Frames drawn, half open: what is in view and half as much on either side. */
  from: number;
  to: number;
}

/** The frames to draw for a scroll position, in coarse steps, so that scrolling seldom draws anything new. */
export function viewOf(scrollLeft: number, width: number, pxPerFrame: number): View {
  const step = Math.max(160, width / 3);
  const left = Math.floor((scrollLeft - width / 2) / step) * step;
  const right = Math.ceil((scrollLeft + width * 1.5) / step) * step;
  return { from: Math.max(0, Math.floor(left / pxPerFrame)), to: Math.ceil(right / pxPerFrame) };
}

export function inView(placed: readonly Placed[], view: View): Placed[] {
  return placed.filter((each) => each.end > view.from && each.start < view.to);
}

/** Frames between two marks of the ruler and between its labels, for labels at least `room` pixels apart. */
export function rulerStep(pxPerFrame: number, fps: number, room = 110): { label: number; mark: number } {
  const steps: [number, number][] = [
    [1, 1],
    [5, 1],
    [10, 5],
    [fps, Math.max(1, Math.round(fps / 6))],
    [2 * fps, fps / 2],
    [5 * fps, fps],
    [10 * fps, fps],
    [15 * fps, 5 * fps],
    [30 * fps, 5 * fps],
    [60 * fps, 10 * fps],
    [120 * fps, 30 * fps],
    [300 * fps, 60 * fps],
    [600 * fps, 60 * fps],
    [1800 * fps, 300 * fps],
    [3600 * fps, 600 * fps],
  ];
  const [label, mark] = steps.find(([each]) => each * pxPerFrame >= room) ?? [7200 * fps, 1800 * fps];
  return { label, mark: Math.max(1, Math.round(mark)) };
}
