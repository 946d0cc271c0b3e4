// Builds the SDK into the folder that Milepost serves: `milepost.js` and, under `chunks/`, the parts that it loads when
// they are needed, in a folder named by the hash of what is in it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { minify } from "terser";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../src/milepost/static/built/sdk/", import.meta.url));
const { version } = JSON.parse(readFileSync(`${here}package.json`, "utf8"));

/** A stylesheet as a minified text: it goes into a constructable stylesheet. */
const cssAsText = {
  name: "css-as-text",
  setup(context) {
    context.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** Each is loaded when the first one of its kind is shown. */
const PIECES = [
  "guide",
  "celebration",
  "survey",
  "checklist",
  "empty_state",
  "invite",
  "article",
  "reply",
  "hint",
  "term",
  "banner",
  "resource_center",
  "pages",
  "form",
];

/** What is private is named `_…`, and costs one letter (private fields cost more in older browsers); so do these, which
 * only our own parts say to one another, and no page, server or other tab; nor the console's preview, which is a stage. */
const OWN = ["announce", "blocked", "candidate", "dress", "focused", "heard", "mount", "poller"];
OWN.push("release", "renew", "resting", "shown", "stage", "stand");

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  mangleProps: new RegExp(`^(_.*|${OWN.join("|")})$`),
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  define: { VERSION: JSON.stringify(version) },
  plugins: [cssAsText],
};

/** In place of several imports from the base, one. */
function oneImport(code) {
  const imports = [...code.matchAll(/import(?:\{([^}]*)\}from)?"(\.\/live\.js)";/g)];
  if (!imports.length) return code;
  const names = imports.map(([, named]) => named).filter(Boolean);
  const rest = imports.reduce((text, [statement]) => text.replace(statement, ""), code);
  return `import{${names}}from"${imports[0][2]}";${rest}`;
}

/** What esbuild has made, once more: two minifiers find more than one. */
async function smaller({ metafile }, module) {
  for (const path of Object.keys(metafile.outputs)) {
    const file = `${here}${path}`;
    const { code } = await minify(readFileSync(file, "utf8"), { module, ecma: 2020, compress: { passes: 2 } });
    writeFileSync(file, oneImport(code));
  }
}

rmSync(out, { recursive: true, force: true });

const module = {
  ...common,
  outdir: `${out}chunks/new`,
  entryNames: "[name]",
  chunkNames: "shared-[hash]",
  format: "esm",
  target: "es2022",
  metafile: true,
};
const base = await build({ ...module, entryPoints: { live: "src/live/base.ts" }, mangleCache: {} });
const live = basename(Object.keys(base.metafile.outputs)[0]);

/** What the base exports is imported from it, by every other part. */
const fromBase = {
  name: "from-base",
  setup(context) {
    context.onResolve({ filter: /\/(guard|html|shell|words)$/ }, () => ({ path: `./${live}`, external: true }));
  },
};

/** Parts of a piece that few of its kind need. Each is whole in itself: what it shares with the piece would else be a file
 * of its own for everybody. */
const EXTRAS = ["rich", "waits", "anchors"];

const extras = await build({
  ...module,
  entryPoints: EXTRAS.map((name) => `src/ui/${name}.ts`),
  mangleCache: base.mangleCache,
  plugins: [...common.plugins, fromBase],
});

/** What imports an extra finds it by its hashed name, beside itself. */
const extrasByName = {
  name: "extras-by-name",
  setup(context) {
    const named = Object.entries(extras.metafile.outputs).map(([path, { entryPoint }]) => [
      `./${basename(entryPoint, ".ts")}`,
      `./${basename(path)}`,
    ]);
    for (const [name, file] of named)
      context.onResolve({ filter: new RegExp(`^${name.replace(".", "\\.")}$`) }, ({ kind }) =>
        kind === "dynamic-import" ? { path: file, external: true } : undefined,
      );
  },
};

/** Parts that share what they have in common; what each is built into, by its name. */
async function parts(names) {
  const made = await build({
    ...module,
    entryPoints: names.map((name) => `src/${name}.ts`),
    splitting: true,
    mangleCache: extras.mangleCache,
    plugins: [...common.plugins, fromBase, extrasByName],
  });
  await smaller(made, true);
}

await parts([
  "live/poll",
  "live/links",
  "live/help",
  "ui/look",
  "ui/panel",
  "ui/planner",
  "ui/rare",
  ...PIECES.map((name) => `ui/${name}`),
]);
// By themselves: what the team alone loads must not cut what everybody loads into more pieces.
await parts(["editor/edit"]);
await parts(["debug/debug"]);
for (const made of [base, extras]) await smaller(made, true);

// One hash for all of them, in place of one for each: the loader names it, and holds no other.
const hash = createHash("sha256");
for (const name of readdirSync(`${out}chunks/new`).sort())
  hash.update(name).update(readFileSync(`${out}chunks/new/${name}`));
const chunks = `chunks/${hash.digest("hex").slice(0, 12)}/`;
renameSync(`${out}chunks/new`, `${out}${chunks}`);

// A classic script: it is parsed, and stays silent, in browsers that are too old for the parts.
const loader = await build({
  ...common,
  entryPoints: ["src/main.ts"],
  outfile: `${out}milepost.js`,
  format: "iife",
  target: "es2020",
  define: { ...common.define, CHUNKS: JSON.stringify(chunks) },
  metafile: true,
});
await smaller(loader, false);

// What `milepost anchors check` evaluates in the pages it opens: the finder that pieces are shown by.
await build({
  ...common,
  entryPoints: ["src/editor/counting.ts"],
  outfile: fileURLToPath(new URL("../src/milepost/static/built/tools/anchors.js", import.meta.url)),
  format: "iife",
  globalName: "milepostAnchors",
  target: "es2022",
});
