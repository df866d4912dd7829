// The shop's entry once more, when Canada Post has been asked; what is open or has the focus stays so.
const PARTS = [".d2po-when details", "details.d2po-told", ".d2po-button", "[value=another]"];
const GIVE_UP_MS = 15000;
const entry = document.querySelector("[data-nearest]");

async function refresh() {
  const answer = await fetch(entry.dataset.nearest, { signal: AbortSignal.timeout(GIVE_UP_MS) });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".d2po-nearest");
  let focused;
  for (const part of PARTS) {
    const [before, after] = [entry.querySelector(part), fresh.querySelector(part)];
    if (!before || !after) continue;
    if (before.open) after.open = true;
    if (before.contains(document.activeElement)) focused = after.querySelector("summary") ?? after;
  }
  entry.replaceChildren(...fresh.childNodes);
  focused?.focus();
}

// Without an answer, or when it does not come in time, what is there stands: its buttons lead on.
if (entry) refresh().catch(() => {});
