// Bundles src/ into dist/. `--watch` rebuilds on every change.
import { cp, mkdir, rm } from "node:fs/promises";
import * as esbuild from "esbuild";

const watch = process.argv.includes("--watch");
await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });
await cp("src/static", "dist", { recursive: true });

const options = {
  // timecode.js is an entry of its own so that a test can ask the very code that runs here.
  entryPoints: { app: "src/main.tsx", timecode: "src/timecode.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome110", "firefox115", "safari16"],
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  legalComments: "eof",
  chunkNames: "part-[hash]",
  logLevel: "warning",
};

if (watch) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
