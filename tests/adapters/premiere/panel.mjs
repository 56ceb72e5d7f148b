/** The panel's own modules, loaded as UXP loads them. */
import { createRequire } from "node:module";

const load = createRequire(new URL("../../../adapters/premiere/panel/main.js", import.meta.url));
export const panel = (name) => load(`./src/${name}.js`);
