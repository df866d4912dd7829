// What JavaScript adds; without it every page works.
const SLOW_MS = 400;
const GIVE_UP_MS = 15000;
const HOURS_AFTER_MS = 2000;
const HOURS_TRIES = 2;
const POSITION_MS = 10000;
const POSITION_AGE_MS = 60000;
const TOO_MANY = 429;
const FORBIDDEN = 403;
const PARTS = { q: 0, lat: 0, lon: 0, filter: 0, map: 0 };

async function fetchPage(url, options) {
  const response = await fetch(url, options);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const { pathname, search } = new URL(response.url);
  return Object.assign(page, { at: pathname + search, status: response.status });
}

function here() {
  return location.pathname + location.search;
}

function titleOf({ dataset }) {
  return dataset.number ? `${dataset.number}. ${dataset.name}` : dataset.name;
}

// False where a picture or a colour of another notation leaves it unknown.
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
    this.shown = here();
    this.dataset.view = "list";
    this.place = this.querySelector("[data-map]") && new MapPlace(this);
    this.querySelector("[data-locate]").hidden = !navigator.geolocation;
    this.addEventListener("submit", (event) => this.onSubmit(event));
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("change", (event) => this.onChange(event));
    for (const type of ["pointerover", "focusin"]) this.addEventListener(type, ({ target }) => this.light(this.rowOf(target)));
    this.addEventListener("pointerleave", () => this.light(null));
    this.onBack = () => here() !== this.shown && this.load(here(), { back: true });
    this.onShow = () => this.matchPage();
    window.addEventListener("popstate", this.onBack);
    window.addEventListener("pageshow", this.onShow);
    this.field.addEventListener("focus", () => this.suggest(), { once: true });
    if (this.field === document.activeElement) this.suggest();
    this.settle();
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this.onBack);
    window.removeEventListener("pageshow", this.onShow);
    this.stop();
  }

  get wide() { return matchMedia("(min-width: 56rem)").matches; }
  get touch() { return matchMedia("(pointer: coarse)").matches; }
  get calm() { return matchMedia("(prefers-reduced-motion: reduce)").matches; }
  get results() { return this.querySelector("[data-results]"); }
  get rows() { return [...this.querySelectorAll("[data-office]")]; }
  get located() { return this.rows.filter((row) => row.dataset.position); }
  get chosen() { return this.querySelector("[data-office] input:checked"); }

  // Loaded by those who type a place.
  suggest() {
    const { dataset } = this.querySelector("d2po-suggest") ?? {};
    if (!dataset || this.suggests) return;
    this.suggests = true;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: dataset.style }));
    import(dataset.script).catch(() => {});
  }

  // Text that repeats what is on the page is for screen readers only.
  say(text, { repeats = false } = {}) {
    const status = this.querySelector("[data-status]");
    status.classList.toggle("d2po-hidden", repeats);
    status.textContent = text;
  }

  // After Back a browser puts choice and text back later than scripts run. The text goes with the list.
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

  settle() {
    this.showChoice();
    this.place?.draw();
    this.askHours(HOURS_TRIES);
  }

  showChoice() {
    const row = this.chosen?.closest("[data-office]");
    const line = this.querySelector("[data-chosen]");
    if (line) {
      line.hidden = !row;
      line.textContent = row ? `${this.dataset.sayChosen} ${titleOf(row)}` : "";
    }
    this.place?.map?.press(row);
  }

  // No house number may get into a URL: text is posted, and the server redirects.
  onSubmit(event) {
    const form = event.target;
    if (!form.matches("[data-search]")) return this.stop();
    form.dataset.asked = form.q.value;
    event.preventDefault();
    if (form.q.value) form.lat.value = form.lon.value = form.map.value = "";
    if (this.touch) this.field.blur();
    const scroll = !this.stays;
    const body = new FormData(form);
    const { pathname } = new URL(form.action);
    if (!form.lat.value && !/^[a-z\d -]{1,8}$/i.test(form.q.value)) return void this.load(pathname, { body, scroll });
    const asked = [...body].filter(([name, value]) => value && name in PARTS);
    this.load(`${pathname}?${new URLSearchParams(asked)}`, { scroll });
  }

  onChange({ target }) {
    if (target.name !== "filter") this.showChoice();
    else if (this.results.dataset.url) this.submit(target.form, { stays: true });
  }

  submit(form, { stays = false } = {}) {
    this.stays = stays;
    form.requestSubmit();
    this.stays = false;
  }

  searchAt(latitude, longitude, { onMap = false } = {}) {
    const form = this.field.form;
    form.q.value = "";
    form.lat.value = latitude.toFixed(3);
    form.lon.value = longitude.toFixed(3);
    form.map.value = onMap ? "1" : "";
    this.submit(form, { stays: onMap });
  }

  // A search made meanwhile is newer.
  locate(button) {
    const before = (this.locating = {});
    const over = (then) => (answer) => {
      button.removeAttribute("aria-busy");
      if (this.locating === before) then(answer);
    };
    button.setAttribute("aria-busy", "true");
    this.say(this.dataset.sayLocating);
    navigator.geolocation.getCurrentPosition(
      over(({ coords }) => this.searchAt(coords.latitude, coords.longitude)),
      over(() => this.say(this.dataset.sayLost)),
      { timeout: POSITION_MS, maximumAge: POSITION_AGE_MS },
    );
  }

  onClick(event) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("[data-more], [data-hours-link], [data-locate]");
    if (!link) return;
    event.preventDefault();
    if (link.form) return this.locate(link);
    if (link.matches("[data-more]")) {
      this.load(link.pathname + link.search, { firstNew: this.rows.length });
    } else {
      this.openHours(link);
    }
  }

  stop() {
    this.request?.abort();
    this.request = this.locating = null;
    clearTimeout(this.later);
    this.results.removeAttribute("aria-busy");
  }

  async load(url, { back = false, firstNew = -1, scroll = false, body } = {}) {
    this.stop();
    const request = (this.request = new AbortController());
    const slow = setTimeout(() => this.say(this.dataset.saySearching), SLOW_MS);
    const stuck = setTimeout(() => request.abort(new Error("no answer")), GIVE_UP_MS);
    this.results.setAttribute("aria-busy", "true");
    try {
      let chosen, page;
      // What is chosen meanwhile has to be in the new list.
      do {
        chosen = this.chosen?.value;
        page = await this.ask(url, { signal: request.signal, body, method: body ? "POST" : "GET" });
      } while (this.chosen?.value !== chosen);
      const fresh = page.querySelector("[data-results]");
      if (this.request !== request) return;
      // After too many searches the list stays. A page without one, as during a pause, is opened.
      if (page.status === TOO_MANY && this.rows.length) return void this.say(page.querySelector("#d2po-problem").textContent);
      if (!fresh && page.querySelector("d2po-step")) return void location.assign(page.at);
      if (!fresh) return void this.say(page.status === FORBIDDEN ? this.dataset.sayCookies : this.dataset.sayBroken);
      if (!back && page.at !== here()) history.pushState(null, "", page.at);
      this.shown = page.at;
      document.title = page.title;
      this.swap(fresh, page.querySelector("[data-search]"), { back, scroll });
      this.rows[firstNew]?.querySelector("input").focus();
    } catch {
      if (this.request === request) this.say(this.dataset.sayFailed);
    } finally {
      clearTimeout(slow);
      clearTimeout(stuck);
      if (this.request === request) this.results.removeAttribute("aria-busy");
    }
  }

  // The choice goes with the question, not into the URL. A form whose cookie is lost gets another, once.
  async ask(url, options) {
    const headers = this.chosen ? { "X-D2PO-Chosen": this.chosen.value } : {};
    const page = await fetchPage(url, { ...options, headers });
    if (page.status !== FORBIDDEN || !options.body) return page;
    const { value } = (await fetchPage(here(), { signal: options.signal })).querySelector("[name=csrfmiddlewaretoken]") ?? {};
    if (!value) return page;
    for (const input of this.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = value;
    options.body.set("csrfmiddlewaretoken", value);
    return fetchPage(url, { ...options, headers });
  }

  swap(fresh, form, { back, scroll }) {
    const chosen = this.chosen?.id;
    const focused = this.results.contains(document.activeElement) && document.activeElement.id;
    const open = new Set(this.rows.filter((row) => row.querySelector("details[open]")).map((row) => row.dataset.office));
    fresh.querySelector("[autofocus]")?.removeAttribute("autofocus");
    this.results.replaceWith(fresh);
    this.matchForm(form, back);
    const radio = chosen && this.querySelector(`#${chosen}`);
    if (radio) radio.checked = true;
    for (const row of this.rows) {
      if (open.has(row.dataset.office)) row.querySelector("details")?.setAttribute("open", "");
    }
    if (focused) document.getElementById(focused)?.focus();
    const heading = !fresh.querySelector("[data-problem]") && fresh.querySelector("[data-heading]");
    const spoken = heading ? [heading, ...fresh.querySelectorAll(".d2po-note")] : [];
    this.say(spoken.map((part) => part.textContent).join(" ").trim(), { repeats: true });
    this.settle();
    // Scrolled or focused, not both: a smooth scroll would win.
    if (this.field.hasAttribute("aria-invalid")) this.field.focus();
    else if (scroll && !this.wide) this.goTo(this.dataset.view === "map" ? this.place.box : fresh);
  }

  goTo(element) {
    element.scrollIntoView({ behavior: this.calm ? "auto" : "smooth" });
  }

  // The form says what the list answers, but for what somebody may be typing.
  matchForm(form, back) {
    const own = this.field.form;
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (form.q.hasAttribute(name)) this.field.setAttribute(name, form.q.getAttribute(name));
      else this.field.removeAttribute(name);
    }
    for (const name of ["lat", "lon", "map"]) own[name].value = form[name].value;
    if (!back) return;
    own.q.value = form.q.value;
    for (const box of own.querySelectorAll("[name=filter]")) box.checked = form.querySelector(`#${box.id}`).checked;
  }

  // The server fetches missing hours meanwhile: only rows that lacked them change.
  askHours(tries) {
    clearTimeout(this.later);
    if (!tries || !this.results.hasAttribute("data-hours-coming")) return;
    this.later = setTimeout(async () => {
      const { results } = this;
      const page = await fetchPage(results.dataset.url).catch(() => null);
      if (!page || results !== this.results) return;
      for (const row of this.rows) {
        const known = page.querySelector(`[data-office="${row.dataset.office}"] [data-hours] details`);
        if (known && row.querySelector("[data-hours-link]")) this.fill(row, ...known.parentNode.childNodes);
      }
      if (this.querySelector("[data-hours-link]")) this.askHours(tries - 1);
    }, HOURS_AFTER_MS);
  }

  async openHours(link) {
    link.setAttribute("aria-busy", "true");
    const page = await fetchPage(link.href).catch(() => null);
    const hours = page?.querySelector("[data-office-hours]");
    if (!hours) return void (location.href = link.href);
    if (!link.isConnected) return;
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.append(...link.cloneNode(true).childNodes);
    details.append(summary, ...hours.childNodes);
    details.open = true;
    this.fill(this.rowOf(link), details);
  }

  fill(row, ...parts) {
    const box = row.querySelector("[data-hours]");
    const focused = box.contains(document.activeElement);
    box.replaceChildren(...parts);
    if (focused) box.querySelector("summary").focus();
    this.place?.map?.refresh(row);
  }
}

// The map's place: beside the list, or the second of two views.
class MapPlace {
  constructor(step) {
    this.step = step;
    this.box = step.querySelector("[data-map]");
    this.frame = step.querySelector("[data-map-frame]");
    this.button = step.querySelector("[data-map-button]");
    this.views = step.querySelector("[data-views]");
    this.button.addEventListener("click", () => this.toggle(this.frame.hidden));
    this.views.addEventListener("click", ({ target }) => target.dataset.view && this.view(target.dataset.view));
  }

  get inSight() { return !this.frame.hidden && (this.step.wide || this.step.dataset.view === "map"); }

  view(name) {
    this.step.dataset.view = name;
    for (const button of this.views.children) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    if (name !== "map") return;
    this.toggle(true);
    this.views.scrollIntoView();
  }

  async toggle(open) {
    this.frame.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    this.button.textContent = open ? this.button.dataset.close : this.button.dataset.open;
    this.box.toggleAttribute("data-shown", open);
    if (!open) return;
    try {
      const { openMap } = await import(this.box.dataset.module);
      this.map ??= await (this.opening ??= openMap(this.step, this.box, titleOf));
      this.draw();
    } catch {
      this.opening = null;
      this.toggle(false);
      this.view("list");
      this.step.say(this.step.dataset.sayMapFailed);
    }
  }

  draw() {
    const none = !this.step.located.length;
    this.box.hidden = this.views.hidden = none;
    if (none) return void this.view("list");
    if (this.box.hasAttribute("data-opened") && this.step.wide) {
      this.box.removeAttribute("data-opened");
      return void this.toggle(true);
    }
    if (this.inSight) this.map?.draw();
  }
}

customElements.define("d2po-step", Step);
