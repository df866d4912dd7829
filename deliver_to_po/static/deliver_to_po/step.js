// What JavaScript adds; without it every page works.
const BESIDE_EM = 56;
const EDGE_PX = 16;
const WORKER_MS = 2000;
const GIVE_UP_MS = 15000;

function plainClick(event) {
  return !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
}

function titleOf({ dataset }) {
  return dataset.number ? `${dataset.number}. ${dataset.name}` : dataset.name;
}

// False where it is unknown: a picture, another notation.
function standsOnDark(element) {
  for (let at = element; at; at = at.parentElement) {
    const { backgroundColor, backgroundImage } = getComputedStyle(at);
    if (backgroundImage !== "none" || !backgroundColor.startsWith("rgb")) return false;
    const [red, green, blue, opaque = 1] = backgroundColor.match(/[\d.]+/g).map(Number);
    if (opaque > .5) return .2126 * red + .7152 * green + .0722 * blue < 100;
  }
  return false;
}

class Step extends HTMLElement {
  connectedCallback() {
    // A dark page whose style sheet does not say so.
    if (getComputedStyle(this).colorScheme === "normal" && standsOnDark(this)) this.style.colorScheme = "dark";
    this.field = this.querySelector("#d2po-q");
    if (!this.results) return;
    this.shown = this.here;
    this.dataset.view = "list";
    this.later = new Later(this);
    this.place = this.querySelector("[data-map]") && new MapPlace(this);
    this.querySelector("[data-locate]").hidden = !navigator.geolocation;
    this.addEventListener("submit", (event) => this.onSubmit(event));
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("change", (event) => this.onChange(event));
    for (const type of ["pointerover", "focusin"]) this.addEventListener(type, ({ target }) => this.light(this.rowOf(target)));
    this.addEventListener("pointerleave", () => this.light(null));
    this.onBack = () => this.here !== this.shown && this.load(this.here, { back: true });
    this.onShow = () => this.matchPage();
    this.addEventListener("pointerdown", ({ target }) => this.press(target.closest("[data-office]")));
    this.addEventListener("keydown", ({ key }) => {
      this.press(null);
      if (key === "Escape") this.closeFilter();
    });
    document.addEventListener("click", this.onAway = ({ target }) => this.filter?.contains(target) || this.closeFilter());
    window.addEventListener("popstate", this.onBack);
    window.addEventListener("pageshow", this.onShow);
    this.field.addEventListener("focus", () => this.suggest(), { once: true });
    if (this.field === document.activeElement) this.suggest();
    this.settle();
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this.onBack);
    window.removeEventListener("pageshow", this.onShow);
    document.removeEventListener("click", this.onAway);
    this.searching?.stop();
  }

  get here() { return location.pathname + location.search; }
  get wide() { return this.clientWidth >= BESIDE_EM * parseFloat(getComputedStyle(this).fontSize); }
  get calm() { return matchMedia("(prefers-reduced-motion: reduce)").matches; }
  get results() { return this.querySelector("[data-results]"); }
  get filter() { return this.querySelector("[data-filter]"); }
  get rows() { return [...this.querySelectorAll("[data-office]")]; }
  get located() { return this.rows.filter((row) => row.dataset.position); }
  get chosen() { return this.querySelector("[data-office] input:checked"); }

  suggest() {
    const { dataset } = this.querySelector("d2po-suggest") ?? {};
    if (!dataset || this.suggests) return;
    this.suggests = true;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: dataset.style }));
    import(dataset.script).catch(() => {});
    this.search();
  }

  // Text that repeats what is on the page is for screen readers only.
  say(text, { repeats = false } = {}) {
    const status = this.querySelector("[data-status]");
    status.classList.toggle("d2po-hidden", repeats);
    status.textContent = text;
  }

  // After Back browsers restore both once scripts have run; the text goes with the list.
  matchPage() {
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    if (type === "back_forward" && this.rows.length) this.field.value = this.field.defaultValue;
    this.showChoice();
  }

  rowOf(element) {
    const pin = element.closest("[data-pin]");
    return pin ? this.rows.find((row) => row.dataset.office === pin.dataset.pin) : element.closest("[data-office]");
  }

  light(row) {
    if (row === this.lit) return;
    this.lit?.removeAttribute("data-lit");
    row?.setAttribute("data-lit", "");
    this.lit = row;
    this.place?.map?.light(row);
  }

  press(row) {
    Object.assign(this, { pressed: row, y: row?.getBoundingClientRect().y });
  }

  settle() {
    this.showChoice();
    this.place?.draw();
  }

  showChoice() {
    this.place?.map?.press(this.chosen?.closest("[data-office]"));
    this.later.follow();
  }

  closeFilter() {
    if (!this.filter?.open) return;
    const focused = this.filter.contains(document.activeElement);
    this.filter.open = false;
    if (focused) this.filter.querySelector("summary").focus();
  }

  async fetchPage(url, options) {
    const response = await fetch(url, { signal: AbortSignal.timeout(GIVE_UP_MS), ...options });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const { pathname, search } = new URL(response.url);
    return Object.assign(page, { at: pathname + search, status: response.status });
  }

  async search(use = () => {}) {
    const { dataset } = this.field.form;
    try {
      const { Search } = await import(dataset.search);
      this.searching ??= new Search(this);
    } catch {
      // Some browsers never ask again for an address that failed.
      dataset.search += "?";
      return this.say(this.dataset.sayFailed);
    }
    use(this.searching);
  }

  load(...asked) {
    this.search((search) => search.load(...asked));
  }

  onSubmit(event) {
    const { target: form } = event;
    if (!form.matches("[data-search]")) return this.searching?.stop();
    this.closeFilter();
    form.dataset.asked = form.q.value;
    event.preventDefault();
    this.search((search) => search.send(form, true));
  }

  // While another row folds above the one that is pressed, as far as all of that is in sight.
  keepInPlace(row) {
    const { y, bottom } = row.getBoundingClientRect();
    if (row === this.pressed) scrollBy({ top: Math.max(Math.min(y - this.y, 0), Math.min(bottom - innerHeight, 0)), behavior: "instant" });
  }

  onChange({ target }) {
    if (target.name === "office_id") this.keepInPlace(target.parentNode);
    if (target.name !== "filter") this.showChoice();
    else if (this.results.dataset.url) this.search((search) => search.send(target.form));
  }

  onClick(event) {
    if (!plainClick(event)) return;
    const link = event.target.closest("[data-more], [data-locate]");
    if (!link) return;
    event.preventDefault();
    if (link.form) return this.search((search) => search.locate(link));
    this.load(link.pathname + link.search, { firstNew: this.rows.length });
  }
}

// What comes after the page: hours, days and prices that are not known yet.
class Later {
  constructor(step) {
    Object.assign(this, { step, answers: new Map() }, step.querySelector("[data-hours-url]").dataset);
    step.addEventListener("click", (event) => this.openHours(event));
  }

  follow() {
    this.askHours();
    if (this.pickUps) this.tellPrices();
  }

  async ask(url, query) {
    const page = await this.step.fetchPage(`${url}?${new URLSearchParams(query)}`).catch(() => null);
    return page?.status === 200 ? page : null;
  }

  fetchHours(rows) {
    return this.ask(this.hoursUrl, [...rows.map((row) => ["office", row.dataset.office]), ["language", this.step.lang]]);
  }

  linkOf(row) {
    return row.querySelector("[data-hours-link]");
  }

  fill(row, page) {
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
    if (results === this.asked || !results.hasAttribute("data-hours-missing")) return;
    this.asked = results;
    setTimeout(async () => {
      const missing = this.step.rows.filter(this.linkOf);
      const page = await this.fetchHours(missing);
      if (!results.isConnected || !missing.map((row) => this.fill(row, page)).includes(true)) return;
      // A filter leaves others out once their hours are known, unless the buyer searches meanwhile.
      const searching = this.step.searching?.locating || results.hasAttribute("aria-busy");
      if (searching || !results.querySelector("[name=filter]") || this.refined === results.dataset.url) return;
      this.refined = results.dataset.url;
      this.step.load(this.refined);
    }, results.hasAttribute("data-hours-coming") ? WORKER_MS : 0);
  }

  async openHours(event) {
    const link = event.target.closest("[data-hours-link]");
    if (!link || !plainClick(event)) return;
    event.preventDefault();
    const row = link.closest("[data-office]");
    link.setAttribute("aria-busy", "true");
    link.focus();
    this.fill(row, await this.fetchHours([row]));
    if (this.linkOf(row)) location.href = link.href;
    else row.querySelector("details").open = true;
  }

  // What is not known of this office is not said: the line was another's.
  write() {
    for (const [office, answer] of this.answers) if (answer) this.linesOf(office)?.replaceChildren(...answer.cloneNode(true).childNodes);
    if (!this.givens) return;
    const { unknown } = this.givens.dataset;
    for (const line of this.step.querySelectorAll("[data-told] [data-service], [data-way]")) {
      const code = line.dataset.service ?? line.dataset.way;
      const known = this.linesOf(this.office)?.querySelector(`[data-service="${code}"]`);
      if (known) line.replaceChildren(...known.cloneNode(true).childNodes);
      else if (line.querySelector("strong") && !line.querySelector("[data-around]")) line.firstChild.replaceWith(line.dataset.way ? "" : unknown);
    }
    // A row speaks of day and price only where they are others.
    for (const line of this.step.querySelectorAll("[data-pick-up] [data-service]")) {
      line.hidden = line.textContent === this.step.querySelector(`[data-told] [data-service="${line.dataset.service}"]`)?.textContent;
    }
  }

  linesOf(office) {
    return this.step.querySelector(`[data-pick-up="${office}"]`);
  }

  get givens() { return this.step.querySelector("[data-unknown]"); }
  get office() { return (this.step.chosen ?? this.step.querySelector("[data-suggestion]") ?? this.step.querySelector("[data-office] input")).value; }

  // First of the office that the line above the list is about.
  async tellPrices() {
    if (!this.givens) return;
    this.write();
    await this.askPrices([this.office]);
    await this.askPrices(this.step.rows.map((row) => row.dataset.office));
  }

  // Again for what has not come in time, while some does.
  async askPrices(offices, before = Infinity) {
    const asked = offices.filter((office) => !this.answers.has(office));
    if (!asked.length || asked.length === before) return;
    for (const office of asked) this.answers.set(office, null);
    const page = await this.ask(this.pickUps, asked.map((office) => ["office", office]));
    for (const office of asked) {
      const answer = page?.querySelector(`[data-pick-up="${office}"]`);
      if (answer?.firstChild) this.answers.set(office, answer);
      else this.answers.delete(office);
    }
    this.write();
    await this.askPrices(asked, asked.length);
  }
}

// The map's place: beside the list, or the second of two views.
class MapPlace {
  constructor(step) {
    this.step = step;
    this.box = step.querySelector("[data-map]");
    this.frame = step.querySelector("[data-map-frame]");
    this.buttons = [...step.querySelectorAll("button[data-view]")];
    this.wanted = this.box.hasAttribute("data-opened");
    for (const button of this.buttons) button.addEventListener("click", () => this.view(button.dataset.view));
  }

  get shown() { return this.box.hasAttribute("data-shown"); }
  get inSight() { return this.shown && (this.step.wide || this.step.dataset.view === "map"); }

  view(name) {
    this.step.dataset.view = name;
    this.wanted = name === "map";
    this.toggle(this.wanted);
    this.buttons.find(({ dataset }) => dataset.view !== name).focus();
    if (this.wanted && !this.step.wide) this.step.field.form.scrollIntoView();
  }

  async toggle(open) {
    this.frame.hidden = !open;
    this.box.toggleAttribute("data-shown", open);
    if (!open) return;
    this.fit();
    try {
      const { openMap } = await import(this.box.dataset.module);
      this.map ??= await (this.opening ??= openMap(this.step, this.box, titleOf));
      this.draw();
    } catch {
      this.opening = null;
      this.view("list");
      this.step.say(this.step.dataset.sayMapFailed);
    }
  }

  // It ends where the window does.
  fit() {
    const above = this.box.parentNode.getBoundingClientRect().top + scrollY + EDGE_PX;
    this.step.style.setProperty("--d2po-above", `${Math.min(above, innerHeight / 2)}px`);
  }

  draw() {
    const none = !this.step.located.length;
    for (const element of [this.box, ...this.buttons]) element.hidden = none;
    if (none) {
      this.box.removeAttribute("data-shown");
      this.step.dataset.view = "list";
    } else if (this.wanted && this.step.wide && (this.frame.hidden || !this.shown)) {
      this.toggle(true);
    } else if (this.inSight) {
      this.map?.draw();
    }
  }
}

customElements.define("d2po-step", Step);
