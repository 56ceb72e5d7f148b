// What the page says, in English and Chinese. Messages of the server come as they are.
import { signal } from "@preact/signals";
import { chinese } from "./words.zh.ts";
import { english } from "./words.en.ts";

export type Language = "en" | "zh";
export type Key = keyof typeof english;

const KEPT = "dubsync.language";

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const language = signal<Language>(first());

export function setLanguage(next: Language): void {
  language.value = next;
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next === "zh" ? "zh-Hans" : "en";
}

/** The words for `key`; `{name}` in them is replaced. */
export function say(key: Key, values: Record<string, string | number> = {}): string {
  const text = (language.value === "zh" ? chinese : english)[key];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
