// Bundles each peer as a product would that begins a tour of three steps when its page loads, and weighs everything: the
// bundles, and the SDK's files as they are served. Takes the SDK's folder; writes `dist/` and in it `weights.json`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const [sdk] = process.argv.slice(2);
const steps = [
  ["#search", "Search a food"],
  ["#add", "Add it"],
  ["#goals", "Your goals"],
];
const told = (shape) => JSON.stringify(steps.map(shape));

const PEERS = {
  "driver.js": `
    import { driver } from "driver.js";
    import "driver.js/dist/driver.css";
    driver({ showProgress: true, steps: ${told(([element, title]) => ({ element, popover: { title } }))} }).drive();`,
  "shepherd.js": `
    import Shepherd from "shepherd.js";
    import "shepherd.js/dist/css/shepherd.css";
    const tour = new Shepherd.Tour({ useModalOverlay: true, defaultStepOptions: { cancelIcon: { enabled: true } } });
    for (const step of ${told(([element, title]) => ({ title, text: title, attachTo: { element, on: "bottom" } }))})
      tour.addStep({ ...step, buttons: [{ text: "Next", action: tour.next }] });
    tour.start();`,
  "intro.js": `
    import introJs from "intro.js";
    import "intro.js/introjs.css";
    introJs.tour().setOptions({ steps: ${told(([element, intro]) => ({ element, intro }))} }).start();`,
  "posthog-js": `
    import posthog from "posthog-js";
    posthog.init("phc_bench", { api_host: location.origin, person_profiles: "identified_only" });
    posthog.identify("maria");
    document.documentElement.dataset.started = "";`,
};

for (const [name, contents] of Object.entries(PEERS))
  await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile: `dist/${name}/peer.js`,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    legalComments: "none",
    logLevel: "error",
  });

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
const files = (folder) => readdirSync(folder).filter((file) => /\.(js|css)$/.test(file)).map((file) => join(folder, file));

function weight(file) {
  const bytes = readFileSync(file);
  return [gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
}
const sum = (all) => all.map(weight).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
const peers = Object.keys(PEERS).map((name) => [name, { version: version(name), weight: sum(files(`dist/${name}`)) }]);
const [release] = readdirSync(join(sdk, "chunks"));
const own = [...files(sdk), ...files(join(sdk, "chunks", release))].map((file) => [basename(file), weight(file)]);
writeFileSync("dist/weights.json", JSON.stringify({ peers: Object.fromEntries(peers), own: Object.fromEntries(own) }));
