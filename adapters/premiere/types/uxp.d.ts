/** What UXP documents and its published types leave out. Nothing else of a browser is there. */

declare function setTimeout(callback: () => void, milliseconds?: number): number;
declare function clearTimeout(handle: number): void;
declare const console: { log(...values: unknown[]): void; error(...values: unknown[]): void };
declare const navigator: { readonly language?: string };

interface WebSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: (() => void) | null;
  onclose: (() => void) | null;
}

declare module "premierepro" {
  const host: import("@adobe/premierepro").premierepro;
  export = host;
}
