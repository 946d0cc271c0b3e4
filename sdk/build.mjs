// Builds the SDK into the folder that Milepost serves: `milepost.js` and, under `chunks/`, the parts that it loads when
// they are needed, in a folder named by the hash of what is in it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
      return { contents: code.trim().replace(/(--[\w-]+)([:,]) /g, "$1$2"), loader: "text" };
    });
  },
};

/** What is private to a class (`_…`) is called, in each file, `_0`, `_1`, … by how often the file says it: the same few
 * names in every class, which compresses best. None of these classes extends another of ours. */
const privateNames = {
  name: "private-names",
  setup(context) {
    context.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const own = new Set(Array.from(text.matchAll(/^ +private (?:\w+ )*(_\w+)/gm), ([, name]) => name));
      const often = (name) => text.split(new RegExp(`\\b${name}\\b`)).length;
      const ranked = [...own].sort((a, b) => often(b) - often(a));
      const short = new Map(ranked.map((name, place) => [name, `_${place}`]));
      return { contents: text.replace(/\b_\w+\b/g, (name) => short.get(name) ?? name), loader: "ts" };
    });
  },
};

/** Each is loaded when there is something for it to do: those of `ui/` mostly when the first piece of a kind is shown. */
const PARTS = [
  "live/poll",
  "live/links",
  "live/help",
  "editor/edit",
  "debug/debug",
  "ui/look",
  "ui/panel",
  "ui/planner",
  "ui/rare",
  "ui/guide",
  "ui/celebration",
  "ui/survey",
  "ui/checklist",
  "ui/empty_state",
  "ui/invite",
  "ui/article",
  "ui/reply",
  "ui/hint",
  "ui/term",
  "ui/banner",
  "ui/resource_center",
  "ui/pages",
  "ui/form",
  "ui/rich",
  "ui/waits",
  "ui/anchors",
];

/** Parts of a piece that few of its kind need. */
const EXTRAS = ["rich", "waits", "anchors"];

/** What is private is named `_…`, and costs one letter (private fields cost more in older browsers); so do these, which
 * only our own parts say to one another, and no page, server or other tab; nor the console's preview, which is a stage. */
const OWN = ["adopt", "announce", "blocked", "candidate", "carry", "delay", "dress", "focused", "heard"];
OWN.push("launcher", "mount", "poller", "release", "renew", "resting", "shown", "stage", "stand");

const common = {
  absWorkingDir: here,
  bundle: true,
  minifySyntax: true,
  minifyWhitespace: true,
  minifyIdentifiers: true,
  mangleProps: new RegExp(`^(_.*|${OWN.join("|")})$`),
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  define: { VERSION: JSON.stringify(version) },
  plugins: [cssAsText, privateNames],
};

/** Without what a part imports from the base and never uses. */
function wanted(code) {
  const used = (pair) => code.split(new RegExp(`\\b${pair.split(" as ")[1]}\\b`)).length > 2;
  return code.replace(/^import\{([^}]*)\}/, (_, list) => `import{${list.split(",").filter(used)}}`);
}

/** `unsafe` holds for us: nobody has replaced what the language has built in, no getter of ours does anything but get, and
 * no arrow is made to be constructed. */
const COMPRESS = {
  passes: 3,
  keep_fargs: false,
  lhs_constants: false,
  pure_getters: true,
  unsafe: true,
  unsafe_arrows: true,
};

/** What esbuild has made, once more: two minifiers find more than one. */
async function smaller({ metafile }, module) {
  for (const path of Object.keys(metafile.outputs)) {
    const file = `${here}${path}`;
    const { code } = await minify(wanted(readFileSync(file, "utf8")), { module, ecma: 2020, compress: COMPRESS });
    writeFileSync(file, code);
  }
}

rmSync(out, { recursive: true, force: true });

const module = {
  ...common,
  outdir: `${out}chunks/new`,
  entryNames: "[name]",
  format: "esm",
  target: "es2022",
  metafile: true,
};
const base = await build({ ...module, entryPoints: { live: "src/live/base.ts" }, mangleCache: {} });
await smaller(base, true);

/** The base's exports are called in the other parts what they are called in the base, which is a letter; only the loader
 * asks for one by its own name. Gives, as a module, the names by which the other parts know them. */
function shortNames() {
  const file = `${out}chunks/new/live.js`;
  const text = readFileSync(file, "utf8");
  const [whole, list] = text.match(/export\{([^}]*)\};?$/);
  const pairs = list
    .split(",")
    .map((pair) => pair.split(" as "))
    .map(([own, name = own]) => [own, name]);
  const others = pairs.filter(([, name]) => name !== "live");
  const [[loaded]] = pairs.filter(([, name]) => name === "live");
  writeFileSync(file, text.replace(whole, `export{${loaded} as live,${others.map(([own]) => own)}}`));
  const imported = others.map(([own, name]) => `${own} as base_${name}`);
  return `import{${imported}}from"./live.js";export{${others.map(([, name]) => `base_${name} as ${name}`)}}`;
}
const exported = shortNames();

/** What the base exports is imported from it, by every other part; an extra by whatever needs it, when it needs it. */
const beside = {
  name: "beside",
  setup(context) {
    context.onResolve({ filter: /\/(contact|foot|guard|html|shell|words)$/ }, () => ({
      path: "base",
      namespace: "base",
    }));
    context.onLoad({ filter: /./, namespace: "base" }, () => ({ contents: exported }));
    context.onResolve({ filter: /./, namespace: "base" }, ({ path }) => ({ path, external: true }));
    context.onResolve({ filter: new RegExp(`^\\./(${EXTRAS.join("|")})$`) }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path: `${path}.js`, external: true } : undefined,
    );
  },
};

/** Each part is whole in itself: one request, and one text to compress. What is private in one is no other's business, so
 * that each has the shortest names for itself. */
const shared = Object.fromEntries(OWN.map((name) => [name, base.mangleCache[name]]));
async function part(path) {
  const made = await build({
    ...module,
    entryPoints: [`src/${path}.ts`],
    minifyIdentifiers: false, // so that it can be seen what is used
    mangleCache: { ...shared },
    plugins: [...common.plugins, beside],
  });
  await smaller(made, true);
}
await Promise.all(PARTS.map(part));

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
  mangleCache: { ...shared },
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
