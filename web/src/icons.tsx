// Small drawn icons; decorative, the control around them carries the words.
import type { JSX } from "preact";

const PATHS = {
  play: "M5 3.5v9l8-4.5z",
  pause: "M4.5 3.5h2.5v9H4.5zM9 3.5h2.5v9H9z",
  stop: "M4 4h8v8H4z",
  previous: "M4 3.5h1.6v9H4zM13 3.5v9L6.4 8z",
  next: "M12 3.5h-1.6v9H12zM3 3.5v9L9.6 8z",
  back: "M10.5 3.5v9L4 8z",
  forward: "M5.5 3.5v9L12 8z",
  undo: "M6.5 3 3 6.2l3.5 3.2V7.2h2.7a2.4 2.4 0 0 1 0 4.8H5.5v1.6h3.7a4 4 0 0 0 0-8H6.5z",
  redo: "M9.5 3 13 6.2 9.5 9.4V7.2H6.8a2.4 2.4 0 0 0 0 4.8h3.7v1.6H6.8a4 4 0 0 1 0-8h2.7z",
  lock: "M5 7V5.5a3 3 0 0 1 6 0V7h.8c.4 0 .7.3.7.7v4.6c0 .4-.3.7-.7.7H4.2a.7.7 0 0 1-.7-.7V7.7c0-.4.3-.7.7-.7zm1.5 0h3V5.5a1.5 1.5 0 0 0-3 0z",
  unlock:
    "M5 7V5.2a3 3 0 0 1 5.8-1l-1.4.5A1.5 1.5 0 0 0 6.5 5.2V7h5.3c.4 0 .7.3.7.7v4.6c0 .4-.3.7-.7.7H4.2a.7.7 0 0 1-.7-.7V7.7c0-.4.3-.7.7-.7z",
  check: "m6.6 12.2-3.8-3.8 1.3-1.3 2.5 2.5 5.3-5.4 1.3 1.3z",
  tight: "M7.1 3h1.8l-.2 6.2H7.3zM8 10.6a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4z",
  cross: "m4.4 3.2 3.6 3.6 3.6-3.6 1.2 1.2L9.2 8l3.6 3.6-1.2 1.2L8 9.2l-3.6 3.6-1.2-1.2L6.8 8 3.2 4.4z",
  dash: "M3.5 7.2h9v1.6h-9z",
  pen: "m11.2 2.6 2.2 2.2-7.6 7.6-2.9.7.7-2.9z",
  stale: "M8 2.5a5.5 5.5 0 1 1-5.2 3.7l1.5.5A3.9 3.9 0 1 0 8 4.1V6L4.9 3.3 8 .6z",
  search:
    "M7 2.5a4.5 4.5 0 0 1 3.6 7.2l3 3-1.1 1.1-3-3A4.5 4.5 0 1 1 7 2.5zm0 1.6a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8z",
  download: "M7.2 2.5h1.6v5.2l1.9-1.9 1.1 1.1L8 10.8 4.200 6.900l1.1-1.1 1.9 1.9zM3 12h10v1.5H3z",
  gear: "M6.900 2h2.2l.3 1.6 1 .4 1.4-.9 1.500 1.500-.9 1.400.4 1 1.600.3v2.200l-1.600.3-.4 1 .9 1.400-1.500 1.500-1.400-.9-1 .4-.3 1.600H6.900l-.3-1.600-1-.4-1.400.9-1.500-1.500.9-1.400-.4-1L1.600 9.100V6.900l1.600-.3.4-1-.9-1.400 1.500-1.500 1.400.9 1-.4zM8 5.800a2.200 2.200 0 1 0 0 4.400 2.200 2.200 0 0 0 0-4.400z",
  plus: "M7.200 3.500h1.600v3.700h3.700v1.600H8.800v3.700H7.200V8.800H3.500V7.200h3.700z",
  fit: "M2.500 3.500h1.600v9H2.500zM11.900 3.500h1.600v9h-1.600zM4.800 8l2.200-2v1.300h2V6l2.200 2L9 10V8.700H7V10z",
  folder:
    "M2.500 4c0-.4.300-.7.700-.7h3l1.400 1.500h5.200c.4 0 .7.300.7.700v6.500c0 .4-.3.7-.7.7H3.200a.7.7 0 0 1-.7-.7z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}

export const VERDICT_ICON = { fits: "check", tight: "tight", impossible: "cross", none: "dash" } as const;
