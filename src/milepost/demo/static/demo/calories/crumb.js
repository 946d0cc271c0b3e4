// The diary: searches foods, logs meals, makes the sample day that a piece asks for.
(() => {
  const { say, fill, post } = host;
  const search = document.querySelector("#food-search");
  if (!search) return;
  const results = document.querySelector("#results");
  const today = document.querySelector("#today");

  let pause;
  search.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(find, 150);
  });

  async function find() {
    const query = search.value.trim();
    if (!query) return results.replaceChildren();
    const answer = await fetch(`${search.dataset.url}?q=${encodeURIComponent(query)}`);
    const html = await answer.text();
    if (query !== search.value.trim()) return; // a newer word is on its way
    fill(results, html);
    say("track", "Food Searched", { query, results: results.querySelectorAll("li").length });
  }

  if (!today) return;

  results.addEventListener("click", async (event) => {
    const food = event.target.closest("[data-food]")?.dataset.food;
    if (!food) return;
    const logged = await post(search.dataset.meals, { food, meal: document.querySelector("#meal").value });
    if (!logged) return;
    fill(today, logged.html);
    results.replaceChildren();
    search.value = "";
    for (const told of logged.tell) say("track", ...told);
  });
})();
