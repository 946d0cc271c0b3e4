// Builds what the console's pages load into static/built/console: one stylesheet, one script, the charts apart, fonts and icons.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../../static/built/console");

const ICONS = [
  "arrow-down", "arrow-right", "arrow-up", "building-2", "calendar", "chart-line", "check", "chevron-down", "chevron-right", "circle",
  "square-pen", "circle-alert", "circle-check", "circle-dashed", "circle-help", "circle-x", "clock", "copy", "download",
  "ellipsis", "external-link", "eye", "eye-off", "file-text", "fingerprint", "flag", "flame", "footprints", "gift",
  "git-compare", "hand-helping", "history", "house", "id-card", "inbox", "key-round", "languages", "graduation-cap", "text-cursor-input", "life-buoy",
  "lightbulb", "list-checks", "log-in", "log-out", "mail", "map", "message-circle", "message-square-quote",
  "milestone", "monitor", "moon", "mountain", "move-right", "party-popper", "pause", "plus", "reply", "rotate-ccw",
  "route", "scale", "search", "send", "settings", "shapes", "shield-check", "smartphone", "sparkles",
  "square-check-big", "sun", "tag", "target", "trending-down", "trending-up", "triangle-alert", "user-check",
  "user-round", "users", "x", "zap",
];

async function sprite() {
  const symbols = await Promise.all(ICONS.map(symbol));
  const thanks = "<!-- Lucide icons, ISC License, (c) Lucide Contributors -->";
  return `<svg xmlns="http://www.w3.org/2000/svg">${thanks}${symbols.join("")}</svg>\n`;
}

async function symbol(name) {
  const svg = await readFile(join(here, `node_modules/lucide-static/icons/${name}.svg`), "utf8");
  const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  const drawn = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${drawn}>${body}</symbol>`;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { console: "src/console.ts", chart: "src/chart.ts", report: "src/report.ts", editor: "src/editor.ts", definition: "src/definition.ts", preview: "src/preview.ts", look: "src/look.ts", styles: "src/styles/index.css", "preview-page": "src/styles/preview-page.css" },
  outdir: out,
  assetNames: "fonts/[name]",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  loader: { ".woff2": "file" },
  legalComments: "linked",
  logLevel: "warning",
});
await writeFile(join(out, "icons.svg"), await sprite());
await copyFile(join(here, "node_modules/@fontsource-variable/inter/LICENSE"), join(out, "fonts/LICENSE.txt"));
