// From which day and for how much: asked for after the page is shown, for the office that is suggested or chosen.
const url = document.querySelector("script[data-pick-ups]")?.dataset.pickUps;
const step = document.querySelector("d2po-step");
const told = new Map();

const rowOf = (office) => step.querySelector(`[data-pick-up="${CSS.escape(office)}"]`);

function copy(from) {
  return [...from.childNodes].map((node) => node.cloneNode(true));
}

function write(office) {
  const row = rowOf(office);
  const bar = step.querySelector("[data-pick-up-bar]");
  if (row && told.get(office)?.length) row.replaceChildren(...told.get(office).map((node) => node.cloneNode(true)));
  if (row && bar) bar.replaceChildren(...copy(row));
}

// The page stays as it is when there is no answer: what is not known is not said.
async function ask(office) {
  if (told.has(office)) return;
  told.set(office, []);
  const response = await fetch(`${url}?${new URLSearchParams({ office })}`).catch(() => null);
  if (!response?.ok) return void told.delete(office);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  told.set(office, copy(page.querySelector("[data-pick-up]") ?? page.createElement("div")));
}

async function show() {
  const now = () => step.querySelector("[data-office] input:checked")?.value || step.querySelector("[data-suggestion]")?.value;
  const office = now();
  if (!office) return;
  write(office);
  await ask(office);
  if (office === now()) write(office);
}

if (url && step) {
  step.addEventListener("change", ({ target }) => target.name === "office_id" && show());
  // Searching in place replaces the list.
  let results = step.querySelector("[data-results]");
  new MutationObserver(() => {
    const fresh = step.querySelector("[data-results]");
    if (fresh === results) return;
    results = fresh;
    show();
  }).observe(step, { childList: true, subtree: true });
  show();
}
