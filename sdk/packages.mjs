// Builds the npm packages into `dist/`: the client that draws nothing, and its hooks for React. Each folder there is what
// is published.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const { version } = JSON.parse(readFileSync(`${here}package.json`, "utf8"));
const PACKAGES = { sdk: "headless", react: "react" };

rmSync(`${here}dist`, { recursive: true, force: true });
const tsc = `${here}node_modules/typescript/bin/tsc`;
execFileSync(process.execPath, [tsc, "-p", `${here}tsconfig.packages.json`], { stdio: "inherit" });
for (const [name, folder] of Object.entries(PACKAGES)) await pack(name, folder);
rmSync(`${here}dist/types`, { recursive: true });

async function pack(name, folder) {
  const out = `${here}dist/${name}`;
  await build({
    absWorkingDir: here,
    entryPoints: [`src/${folder}/index.ts`],
    outfile: `${out}/index.js`,
    bundle: true,
    minify: true,
    // What is private, and what only its own parts say to one another.
    mangleProps: /^(_.*|adopt|beacon|blocked|carry|delay|heard|launcher|poller|renew|resting)$/,
    sourcemap: true,
    format: "esm",
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    external: ["react"],
    define: { VERSION: JSON.stringify(version) },
  });
  declare(`${here}dist/types/${folder}/index.d.ts`, out, `${here}dist/types/${folder}`);
  const described = readFileSync(`${here}packages/${name}/package.json`, "utf8");
  const written = { ...JSON.parse(described.replaceAll("VERSION", version)), version };
  writeFileSync(`${out}/package.json`, `${JSON.stringify(written, null, 2)}\n`);
  copyFileSync(`${here}packages/${name}/README.md`, `${out}/README.md`);
  copyFileSync(`${here}../LICENSE`, `${out}/LICENSE`);
}

/** Copies a declaration and all that it needs, each with the whole name of what it imports. */
function declare(file, out, root) {
  const target = join(out, relative(root, file).replace(/^(\.\.\/)+/, ""));
  const text = readFileSync(file, "utf8");
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text.replace(/from "\.\.?\/([^"]+)"/g, 'from "./$1.js"'));
  for (const [, path] of text.matchAll(/from "(\.\.?\/[^"]+)"/g))
    declare(join(dirname(file), `${path}.d.ts`), out, root);
}
