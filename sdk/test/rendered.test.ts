import { expect, test } from "vitest";
import { rendered } from "../src/editor/rendered";

/** What a page would show of it. */
function shown(html: string): string {
  const place = document.createElement("div");
  place.append(rendered(html));
  return place.innerHTML;
}

test("what the server renders is shown as it is", () => {
  const html = "<p>One <strong>bold</strong> &amp; <em>more</em><br>line</p>\n<ul>\n<li>a &lt; b</li>\n</ul>";
  expect(shown(html)).toBe(html);
});

test("attributes, pictures and whatever is no text markup are left out", () => {
  expect(shown('<p onclick="x()">a<img src="x" onerror="y()">b</p><script>c</script>')).toBe("<p>ab</p><span>c</span>");
});
