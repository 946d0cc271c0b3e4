/**
 * The nodes of what the server has rendered and sanitised. Read by hand: a browser that trusts types gives one policy of a
 * name to a page, and the parts that draw pieces need it.
 */
const TAGS = new Set("a b blockquote br code div em h1 h2 h3 h4 hr i kbd li ol p pre s span strong ul".split(" "));
const EMPTY = new Set(["br", "hr", "img"]);
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };

export function rendered(html: string): DocumentFragment {
  const root = document.createDocumentFragment();
  const open: (DocumentFragment | HTMLElement)[] = [root];
  for (const [, end, name, text] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>|([^<]+)/gi)) {
    const into = open[open.length - 1] as ParentNode;
    if (text !== undefined) into.append(text.replace(/&(\w+);/g, (whole, entity) => ENTITIES[entity] ?? whole));
    else if (end && open.length > 1 && !EMPTY.has(name ?? "")) open.pop();
    else if (!end) grow(open, into, name?.toLowerCase() ?? "");
  }
  return root;
}

/** What is no text markup leaves its words, and nothing else. */
function grow(open: (DocumentFragment | HTMLElement)[], into: ParentNode, name: string): void {
  if (EMPTY.has(name) && !TAGS.has(name)) return;
  const made = document.createElement(TAGS.has(name) ? name : "span");
  into.append(made);
  if (!EMPTY.has(name)) open.push(made);
}
