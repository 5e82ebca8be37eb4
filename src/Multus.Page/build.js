// Bundles the live page into one script and one style sheet. eng/page.sh runs it.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const out = process.argv[2];
const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));

// The licences of what is bundled ask to be kept with it.
function banner() {
  const bundled = Object.keys(JSON.parse(readFileSync("package.json", "utf8")).dependencies).sort();
  const texts = bundled.map((name) => {
    const version = lock.packages[`node_modules/${name}`].version;
    const licence = readFileSync(join("node_modules", name, "LICENSE"), "utf8").trim().replaceAll("*/", "* /");
    return `${name} ${version}\n\n${licence}`;
  });
  return `/*!\nThis file has in it:\n\n${texts.join("\n\n----\n\n")}\n*/`;
}

mkdirSync(out, { recursive: true });
await build({
  entryPoints: { app: "src/app.jsx" },
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  outdir: out,
  banner: { js: banner(), css: "/*! uPlot's style sheet is in it: MIT License, Copyright (c) 2022 Leon Sorokin; the text is in app.js */" },
});
for (const file of ["index.html", "icon.svg"]) {
  copyFileSync(join("src", file), join(out, file));
}
