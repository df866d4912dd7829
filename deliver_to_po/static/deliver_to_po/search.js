// A search without another page: the answer takes the place of the list. Loaded by those who
// search, and where hours are not known yet.
const SLOW_MS = 400;
const WORKER_MS = 2000;
const GIVE_UP_MS = 15000;
const POSITION_MS = 10000;
const TOO_MANY = 429;
const FORBIDDEN = 403;
const PARTS = { q: 0, lat: 0, lon: 0, filter: 0, map: 0, via: 0 };
const HARMLESS = /^([a-z][a-z -]{0,7}|[a-z]\d[a-z][ -]?\d[a-z]\d)$/i;

export class Search {
  constructor(step) {
    this.step = step;
  }

  stop() {
    this.request?.abort();
    this.request = this.locating = null;
    this.step.results?.removeAttribute("aria-busy");
  }

  // No house number may get into a URL: text is posted, and the server redirects.
  send(form, scroll = false) {
    if (form.q.value) form.lat.value = form.lon.value = form.map.value = "";
    if (matchMedia("(pointer: coarse)").matches) this.step.field.blur();
    const body = new FormData(form);
    this.sent = Object.fromEntries(body);
    const { pathname } = new URL(form.action);
    const typed = [form.lat.value ? "" : form.q.value || "?", form.via.value].filter(Boolean);
    if (!typed.every((text) => HARMLESS.test(text))) return this.load(pathname, { body, scroll });
    const asked = [...body].filter(([name, value]) => value && name in PARTS);
    return this.load(`${pathname}?${new URLSearchParams(asked)}`, { scroll });
  }

  sendPoint(latitude, longitude, { onMap = false } = {}) {
    const { form } = this.step.field;
    form.q.value = "";
    form.lat.value = latitude.toFixed(3);
    form.lon.value = longitude.toFixed(3);
    form.map.value = onMap ? "1" : "";
    this.send(form, !onMap);
  }

  async load(url, { back = false, firstNew = -1, scroll = false, body } = {}) {
    this.stop();
    const request = (this.request = new AbortController());
    const slow = setTimeout(() => this.step.say(this.step.root.dataset.saySearching), SLOW_MS);
    const stuck = setTimeout(() => request.abort(new Error("no answer")), GIVE_UP_MS);
    this.step.results.setAttribute("aria-busy", "true");
    try {
      let chosen, page;
      // What is chosen meanwhile has to be in the new list.
      do {
        chosen = this.step.chosen?.value;
        page = await this.step.ask(url, { signal: request.signal, body, method: body ? "POST" : "GET" });
      } while (this.step.chosen?.value !== chosen);
      const fresh = page.querySelector("[data-results]");
      if (this.request !== request) return;
      // After too many searches the list stays, and where a device is abroad. A page without one, as during a pause, is opened.
      const problem = fresh?.querySelector("[id^=d2po-problem]");
      const kept = page.status === TOO_MANY || (problem && !fresh.querySelector("[data-office]") && url.includes("lat="));
      if (kept && this.step.rows.length) return this.keep(problem);
      const other = !fresh && page.querySelector("d2po-step");
      if (other) return void (this.step.within ? this.step.show(other, page.at) : location.assign(page.at));
      if (!fresh) return void this.step.say(page.status === FORBIDDEN ? this.step.root.dataset.sayCookies : this.step.root.dataset.sayBroken);
      if (!back && !this.step.within && page.at !== this.step.here) history.pushState(null, "", page.at);
      this.step.shown = page.at;
      if (!this.step.within) document.title = page.title;
      this.swap(fresh, page, { back, scroll });
      this.step.rows[firstNew]?.querySelector("input").focus();
    } catch {
      if (this.request === request) this.step.say(this.step.root.dataset.sayFailed);
    } finally {
      clearTimeout(slow);
      clearTimeout(stuck);
      if (this.request === request) this.step.results?.removeAttribute("aria-busy");
    }
  }

  swap(fresh, page, { back, scroll }) {
    const [chosen, service] = [this.step.chosen?.id, this.step.querySelector("[name=service]:checked")?.id];
    const focused = this.step.results.contains(document.activeElement) && document.activeElement.id;
    const open = new Set(this.step.rows.filter((row) => row.querySelector("details[open]")).map((row) => row.dataset.office));
    fresh.querySelector("[autofocus]")?.removeAttribute("autofocus");
    this.step.results.replaceWith(fresh);
    if (this.step.within) this.step.lend(fresh);
    for (const part of this.step.querySelectorAll("[data-part]")) part.replaceWith(page.querySelector(`[data-part=${part.dataset.part}]`));
    this.matchForm(page.querySelector("[data-search]"), back);
    for (const id of [chosen, service]) {
      const radio = id && document.getElementById(id);
      if (radio) radio.checked = true;
    }
    for (const row of this.step.rows) {
      if (open.has(row.dataset.office)) row.querySelector("details")?.setAttribute("open", "");
    }
    if (focused) document.getElementById(focused)?.focus();
    const heading = !fresh.querySelector("[data-problem]") && fresh.querySelector("[data-heading]");
    const spoken = heading ? [heading, ...fresh.querySelectorAll("p.d2po-note, .d2po-note > summary")] : [];
    this.step.say(spoken.map((part) => part.textContent.trim()).join(". ").replaceAll(".. ", ". "), { repeats: true });
    this.step.settle();
    if (this.step.within) this.step.tellProblems(fresh);
    // Scrolled or focused, not both: a smooth scroll would win.
    if (this.step.field.hasAttribute("aria-invalid")) this.step.field.focus();
    else if (scroll && !this.step.wide) this.goTo(this.step.field.closest(".d2po-search"));
  }

  // The form says again what the list answers.
  keep(problem) {
    this.step.say(problem.textContent);
    const { elements } = this.step.rows[0].querySelector("input").form;
    for (const name of ["q", "lat", "lon", "map"]) this.step.field.form[name].value = elements[name]?.value ?? "";
  }

  // The form says what the list answers and how a text was read, but for what somebody may be typing.
  matchForm(form, back) {
    const own = this.step.field.form;
    for (const field of [form.q, form.via]) {
      for (const name of ["aria-invalid", "aria-describedby", "placeholder"]) {
        if (field.hasAttribute(name)) own[field.name].setAttribute(name, field.getAttribute(name));
        else own[field.name].removeAttribute(name);
      }
    }
    for (const name of ["lat", "lon", "map"]) own[name].value = form[name].value;
    for (const name of ["q", "via"]) {
      own[name].defaultValue = form[name].defaultValue;
      if (back || own[name].value === this.sent?.[name]) own[name].value = form[name].value;
    }
    if (!back) return;
    for (const box of this.step.querySelectorAll("[type=checkbox][name=filter]")) box.checked = form.ownerDocument.getElementById(box.id).checked;
  }

  // A search made meanwhile is newer.
  locate(button) {
    const before = (this.locating = {});
    const over = (then) => (answer) => {
      button.removeAttribute("aria-busy");
      if (this.locating === before) then(answer);
    };
    button.setAttribute("aria-busy", "true");
    this.step.say(this.step.root.dataset.sayLocating);
    navigator.geolocation.getCurrentPosition(
      over(({ coords }) => this.sendPoint(coords.latitude, coords.longitude)),
      over(() => this.step.say(this.step.root.dataset.sayLost)),
      { timeout: POSITION_MS },
    );
  }

  goTo(element) {
    element.scrollIntoView({ behavior: this.step.calm ? "auto" : "smooth" });
  }

  fetchHours(rows) {
    return this.step.later.ask(this.step.later.hoursUrl, [...rows.map((row) => ["office", row.dataset.office]), ["language", this.step.root.lang]]);
  }

  linkOf(row) {
    return row.querySelector("[data-hours-link]");
  }

  fillHours(row, page) {
    const link = this.linkOf(row);
    const known = page?.querySelector(`[data-hours-of="${row.dataset.office}"]`);
    if (!known || !link) return false;
    const focused = link === document.activeElement;
    link.parentNode.replaceChildren(...known.childNodes);
    if (focused) row.querySelector("summary").focus();
    this.step.place?.map?.refresh(row);
    return true;
  }

  askHours() {
    const { results } = this.step;
    if (!results || results === this.asked) return;
    this.asked = results;
    setTimeout(async () => {
      if (!results.isConnected) return;
      const missing = this.step.rows.filter(this.linkOf);
      const page = await this.fetchHours(missing);
      if (!results.isConnected || !missing.map((row) => this.fillHours(row, page)).includes(true)) return;
      // A filter leaves others out once their hours are known, unless the buyer searches meanwhile.
      const searching = this.locating || results.hasAttribute("aria-busy");
      if (searching || !results.querySelector("[name=filter]") || this.refined === this.step.here) return;
      this.refined = this.step.here;
      this.load(this.refined);
    }, results.hasAttribute("data-hours-coming") ? WORKER_MS : 0);
  }

  async openHours(link) {
    const row = link.closest("[data-office]");
    link.setAttribute("aria-busy", "true");
    link.focus();
    this.fillHours(row, await this.fetchHours([row]));
    if (this.linkOf(row)) return this.step.open(link.href);
    row.querySelector("details").open = true;
  }
}
