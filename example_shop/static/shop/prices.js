// The list of deliveries once more, when the shop has asked Canada Post; what is chosen meanwhile stays chosen.
const list = document.querySelector("[data-prices]");

async function refresh() {
  const answer = await fetch(list.dataset.prices);
  if (!answer.ok || answer.redirected) return;
  const html = await answer.text();
  const chosen = list.querySelector("input:checked");
  const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
  list.innerHTML = html;
  const find = (value) => list.querySelector(`input[value="${CSS.escape(value)}"]:not(:disabled)`);
  if (chosen) {
    const again = find(chosen.value);
    if (again) again.checked = true;
  }
  if (focused) find(focused)?.focus();
}

// Without an answer the prices that are there stand.
refresh().catch(() => {});
