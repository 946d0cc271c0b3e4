/** The page part of the rules: the only thing that a browser decides. `spec/cases/page.json` holds its meaning. */

/** Whether a path (with its query) is one of these patterns. `*` stands for anything; no pattern means everywhere. */
export function matches(patterns: readonly string[], path: string): boolean {
  return !patterns.length || patterns.some((pattern) => glob(pattern).test(path));
}

function glob(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

/** A pattern without a query means the page whatever its query is. */
export function here(patterns: readonly string[], { pathname, search }: { pathname: string; search: string }): boolean {
  return matches(patterns, pathname) || matches(patterns, pathname + search);
}
