// What a page loads for each kind of piece: its chunk, and whatever that imports.
import { readdirSync, readFileSync } from "node:fs";

const folder = "../src/milepost/static/built/sdk";
const [release] = readdirSync(new URL(`${folder}/chunks/`, import.meta.url));
const chunks = `${folder}/chunks/${release}`;

/** These chunks, with all that they import. */
function needed(...names) {
  const found = new Set();
  const add = (file) => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(new URL(`${chunks}/${file}`, import.meta.url), "utf8");
    for (const [, other] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) add(other);
  };
  for (const name of names) add(`${name}.js`);
  return [...found].map((file) => `${chunks}/${file}`);
}

/** What it loads where the first part of all, which every page has, is there already. */
const besides = (name) => needed(name).filter((path) => !needed("live").includes(path));

const limit = (name, size, path) => ({ name, limit: size, path, gzip: true });

export default [
  limit("loader + core", "4 kB", [`${folder}/milepost.js`]),
  limit("stream, and what pieces are drawn with (every page)", "8.6 kB", needed("live")),
  limit("stream, guide, checklist", "14 kB", needed("live", "guide", "checklist")),
  limit("stream, guide, celebration", "13.5 kB", needed("live", "guide", "celebration")),
  limit("stream, survey", "14 kB", needed("live", "survey")),
  ...["empty_state", "invite", "article", "reply", "hint", "term", "banner", "resource_center", "pages", "panel"].map(
    (name) => limit(`stream, ${name}`, "13 kB", needed("live", name)),
  ),
  limit("form, besides", "1.5 kB", besides("form")),
  limit("@milepost/sdk", "7 kB", ["dist/sdk/index.js"]),
  limit("editor (the team alone), besides", "14 kB", besides("edit")),
  limit("debug (the team alone), besides", "4 kB", besides("debug")),
  limit("@milepost/react", "1 kB", ["dist/react/index.js"]),
];
