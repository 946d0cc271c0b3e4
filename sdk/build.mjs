// Builds the SDK into the folder that Milepost serves: `milepost.js` and, under `chunks/`, the parts that it loads when
// they are needed, with the hash of their content in their names.
import { readFileSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

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
];

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  mangleProps: /^_/, // what is private is named so, and costs one letter (private fields cost more in older browsers)
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  define: { VERSION: JSON.stringify(version) },
  plugins: [cssAsText],
};

/** Parts of a piece that few of its kind need. Each is whole in itself: what it shares with the piece would else be a file
 * of its own for everybody. */
const EXTRAS = ["rich", "waits", "anchors"];

rmSync(out, { recursive: true, force: true });

const extras = await build({
  ...common,
  entryPoints: EXTRAS.map((name) => `src/ui/${name}.ts`),
  outdir: `${out}chunks`,
  entryNames: "[name]-[hash]",
  format: "esm",
  target: "es2022",
  metafile: true,
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
    ...common,
    entryPoints: names.map((name) => `src/${name}.ts`),
    outdir: `${out}chunks`,
    entryNames: "[name]-[hash]",
    chunkNames: "shared-[hash]",
    format: "esm",
    splitting: true,
    target: "es2022",
    metafile: true,
    plugins: [...common.plugins, extrasByName],
  });
  return Object.entries(made.metafile.outputs)
    .filter(([, output]) => output.entryPoint)
    .map(([path, output]) => [basename(output.entryPoint, ".ts"), `chunks/${basename(path)}`]);
}

const chunks = Object.fromEntries([
  ...(await parts([
    "live/live",
    "live/links",
    "live/help",
    "ui/panel",
    "ui/planner",
    "ui/rare",
    ...PIECES.map((name) => `ui/${name}`),
  ])),
  // By themselves: what the team alone loads must not cut what everybody loads into more pieces.
  ...(await parts(["editor/edit"])),
]);

/** Kinds that another's part draws. */
const ALIKE = { announcement: "article", modal: "article", briefing: "article" };
for (const [kind, part] of Object.entries(ALIKE)) chunks[kind] = chunks[part];

// A classic script: it is parsed, and stays silent, in browsers that are too old for the parts.
await build({
  ...common,
  entryPoints: ["src/main.ts"],
  outfile: `${out}milepost.js`,
  format: "iife",
  target: "es2020",
  define: { ...common.define, CHUNKS: JSON.stringify(chunks) },
});
