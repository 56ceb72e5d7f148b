// What the page knows, as signals, and the verbs that change it. Components read signals and call verbs, nothing else.
import { batch, computed, signal } from "@preact/signals";
import { api, Refused } from "./api.ts";
import { say } from "./words.ts";
import type {
  Character,
  Format,
  Job,
  Line,
  LineField,
  LinePatch,
  Lines,
  Project,
  Verdict,
  Voice,
} from "./api-types.ts";

export const projects = signal<Project[]>([]);
export const project = signal<Project | null>(null);
export const lines = signal<Line[]>([]);
export const voices = signal<Voice[]>([]);
export const characters = signal<Character[]>([]);
export const formats = signal<Format[]>([]);
/** What of a line may be edited, and within which limits; the server says it. */
export const fields = signal<LineField[]>([]);
export const jobs = signal<Job[]>([]);
export const loading = signal(true);
export const connected = signal(true);
/** Counts up when a film or sound was made for the browser, so that what waited for it asks again. */
export const mediaVersion = signal(0);
/** Counts up whenever a take may have changed, so that what is shown of takes asks again. */
export const takesVersion = signal(0);

export const selectedId = signal<string | null>(null);
export const search = signal("");
export const character = signal("");
export const verdict = signal<Verdict | "none" | "">("");
export const need = signal<"stale" | "edited" | "locked" | "noticed" | "">("");
export const dialog = signal<"help" | "export" | "projects" | "character" | null>(null);
export const dialogCharacter = signal("");

export const byId = computed(() => new Map(lines.value.map((line) => [line.id, line])));
export const selected = computed(() => byId.value.get(selectedId.value ?? "") ?? null);
export const staleLines = computed(() => lines.value.filter((line) => line.stale || line.take === null));

export function verdictOf(line: Line): Verdict | "none" {
  return line.plan?.verdict ?? "none";
}

/** Frames the line's audio file covers: the planned ones, borrowed silence included, else its own. */
export function spanOf(line: Line): { start: number; end: number } {
  return line.plan
    ? { start: line.plan.start_frame, end: line.plan.end_frame }
    : { start: line.start_frame, end: line.end_frame };
}

export const shown = computed(() => {
  const wanted = search.value.trim().toLocaleLowerCase();
  return lines.value.filter(
    (line) =>
      (!character.value || line.character === character.value) &&
      (!verdict.value || verdictOf(line) === verdict.value) &&
      (!need.value || needs(line, need.value)) &&
      (!wanted || `${line.id} ${line.character} ${line.text} ${line.spoken}`.toLocaleLowerCase().includes(wanted)),
  );
});

function needs(line: Line, what: "stale" | "edited" | "locked" | "noticed"): boolean {
  if (what === "stale") return line.stale || line.take === null;
  if (what === "noticed") return line.notices.length > 0;
  return line[what];
}

// -- what the page tells the user ------------------------------------------------------------------------------------

export interface Toast {
  id: number;
  text: string;
  error: boolean;
  action?: { label: string; run: () => void };
}

export const toasts = signal<Toast[]>([]);
let toastCount = 0;

export function tell(text: string, error = false, action?: Toast["action"]): void {
  const toast: Toast = { id: ++toastCount, text, error, ...(action ? { action } : {}) };
  // The newest three: more would cover the work.
  toasts.value = [...toasts.value.filter((each) => each.text !== text), toast].slice(-3);
  if (!error) window.setTimeout(() => dismiss(toast.id), 6000);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

/** Runs a verb; what the server refuses becomes a sentence on the page. True when it was done. */
export async function trying(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === "unreachable") tell(say("unreachable"), true);
    else if (error.status === 401) tell(say("unauthorised"), true);
    else tell(error.message, true);
    return false;
  }
}

// -- lines -----------------------------------------------------------------------------------------------------------

function inOrder(found: Line[]): Line[] {
  return [...found].sort((a, b) => a.start_frame - b.start_frame || a.id.localeCompare(b.id));
}

/** The project's revision that the lines shown are of: what changed behind it is all that needs to be fetched. */
let revision = 0;

/** Keeps the objects of lines that did not change, so that only blocks of changed lines are drawn again. */
function merged(fresh: Line[]): Line[] {
  const known = byId.value;
  return inOrder(fresh).map((line) => {
    const before = known.get(line.id);
    return before && JSON.stringify(before) === JSON.stringify(line) ? before : line;
  });
}

/** Takes over an answer: all lines, or those that changed behind the revision they were asked for. */
function take(answer: Lines): void {
  const before = answer.whole ? [] : lines.value;
  const fresh = new Map(answer.lines.map((line) => [line.id, line]));
  revision = answer.revision;
  if (answer.whole || fresh.size)
    lines.value = merged([...before.filter((line) => !fresh.has(line.id)), ...fresh.values()]);
}

export function putLine(line: Line): void {
  lines.value = lines.value.map((each) => (each.id === line.id ? line : each));
}

/** Does the page have a line as it was at revision `at`, from a refresh or from the answer to an edit of its own? */
export function knows(id: string, at: number): boolean {
  return at <= revision || (byId.value.get(id)?.revision ?? 0) >= at;
}

/** Answers may overtake each other; only the latest question's counts. */
let asked = 0;

export async function refreshLines(): Promise<void> {
  const p = project.value;
  if (!p) return;
  const mine = ++asked;
  const answer = await api.lines(p.id, revision || undefined);
  if (mine === asked && project.value?.id === p.id) take(answer);
}

export async function refreshProject(): Promise<void> {
  const p = project.value;
  if (!p) return;
  const fresh = await api.project(p.id);
  if (project.value?.id === p.id) project.value = fresh;
}

/** Shows another project; `ready` is called when its lines are known, just before they are drawn. */
export async function openProject(p: Project, ready: () => void): Promise<void> {
  batch(() => {
    project.value = p;
    lines.value = [];
    selectedId.value = null;
    loading.value = true;
  });
  revision = 0;
  clearHistory();
  localStorage.setItem("dubsync.project", p.id);
  const answer = await api.lines(p.id);
  ready();
  batch(() => {
    take(answer);
    loading.value = false;
    selectedId.value = lines.value[0]?.id ?? null;
  });
  await trying(async () => {
    characters.value = await api.characters(p.id);
    voices.value = await api.voices(p.engine);
    if (!fields.value.length) fields.value = await api.fields();
  });
}

// -- changes, and the way back ---------------------------------------------------------------------------------------

/** One change: what to send to make it, and what to send to take it back. */
export interface Change {
  line: string;
  label: string;
  redo: () => Promise<Line>;
  undo: () => Promise<Line>;
  /** What has to be done when it was made or taken back. */
  after?: () => void;
}

export const past = signal<Change[]>([]);
export const future = signal<Change[]>([]);

export function clearHistory(): void {
  past.value = [];
  future.value = [];
}

/** Makes a change and remembers the way back. */
export async function make(change: Change): Promise<boolean> {
  return trying(async () => {
    putLine(await change.redo());
    batch(() => {
      past.value = [...past.value, change].slice(-200);
      future.value = [];
      takesVersion.value += 1;
    });
    change.after?.();
  });
}

/** The patch that takes `patch` back: the edit of each field that held before, or null where it had none. */
function inverse(line: Line, patch: LinePatch): LinePatch {
  const before = new Map<string, unknown>(line.edits.map((edit) => [edit.field, edit.value]));
  return Object.fromEntries(Object.keys(patch).map((key) => [key, before.get(key) ?? null]));
}

/** Changes a line; the server decides what that means for its plan and take. */
export async function change(line: Line, patch: LinePatch): Promise<boolean> {
  const p = project.value;
  if (!p) return false;
  const keys = Object.keys(patch) as (keyof LinePatch)[];
  if (keys.every((key) => JSON.stringify(patch[key]) === JSON.stringify(line[key]))) return true;
  const back = inverse(line, patch);
  return make({
    line: line.id,
    label: keys.join(", "),
    redo: () => api.patch(p.id, line.id, patch),
    undo: () => api.patch(p.id, line.id, back),
  });
}

export async function undo(): Promise<void> {
  const last = past.value.at(-1);
  if (!last) return;
  await trying(async () => {
    putLine(await last.undo());
    batch(() => {
      past.value = past.value.slice(0, -1);
      future.value = [...future.value, last];
      selectedId.value = last.line;
      takesVersion.value += 1;
    });
    last.after?.();
  });
}

export async function redo(): Promise<void> {
  const next = future.value.at(-1);
  if (!next) return;
  await trying(async () => {
    putLine(await next.redo());
    batch(() => {
      future.value = future.value.slice(0, -1);
      past.value = [...past.value, next];
      selectedId.value = next.line;
      takesVersion.value += 1;
    });
    next.after?.();
  });
}

/** Moves the selection among the lines shown; returns the line it came to. */
export function step(by: number): Line | null {
  const rows = shown.value;
  if (!rows.length) return null;
  const at = rows.findIndex((line) => line.id === selectedId.value);
  const line = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))] ?? null;
  if (line) selectedId.value = line.id;
  return line;
}
