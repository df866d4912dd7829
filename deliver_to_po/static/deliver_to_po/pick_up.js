// Day and price of the office that is suggested or chosen.
const url = document.querySelector("script[data-pick-ups]")?.dataset.pickUps;
const step = document.querySelector("d2po-step");
const told = new Map();

function copies(from) {
  return [...from.childNodes].map((node) => node.cloneNode(true));
}

function write(office) {
  const rows = [...step.querySelectorAll(`[data-pick-up="${CSS.escape(office)}"]`)];
  const from = told.get(office)?.hasChildNodes() ? told.get(office) : rows[0];
  if (!from) return;
  for (const place of [...rows, step.querySelector("[data-pick-up-bar]")]) place?.replaceChildren(...copies(from));
}

// Without an answer the page stays as it is.
async function ask(office) {
  if (told.has(office)) return;
  told.set(office, null);
  const response = await fetch(`${url}?${new URLSearchParams({ office })}`).catch(() => null);
  if (!response?.ok) return void told.delete(office);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  told.set(office, page.querySelector("[data-pick-up]"));
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
  let results = step.querySelector("[data-results]");
  new MutationObserver(() => {
    const fresh = step.querySelector("[data-results]");
    if (fresh === results) return;
    results = fresh;
    show();
  }).observe(step, { childList: true, subtree: true });
  show();
}
