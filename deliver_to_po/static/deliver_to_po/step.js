// What JavaScript adds to the step: searching in place, hours as they arrive, the map. Without it every page works.
const SLOW_MS = 400;
const GIVE_UP_MS = 15000;
const HOURS_AFTER_MS = 2000;
const HOURS_TRIES = 2;
const TOO_MANY = 429;
const PAN = [50, 50];
const SIDE_BY_SIDE = matchMedia("(min-width: 56rem)");
const LESS_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

async function fetchPage(url, options) {
  const response = await fetch(url, options);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const { pathname, search } = new URL(response.url);
  return Object.assign(page, { at: pathname + search, tooMany: response.status === TOO_MANY });
}

function here() {
  return location.pathname + location.search;
}

class Step extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("#d2po-q");
    if (!this.results) return;
    this.shown = here();
    this.map = this.querySelector("[data-map]") && new OfficeMap(this);
    this.querySelector("[data-locate]").hidden = !navigator.geolocation;
    this.addEventListener("submit", (event) => this.onSubmit(event));
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("change", (event) => this.onChange(event));
    this.onBack = () => here() !== this.shown && this.load(here(), { back: true });
    window.addEventListener("popstate", this.onBack);
    this.settle();
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this.onBack);
    clearTimeout(this.later);
    this.request?.abort();
  }

  get results() { return this.querySelector("[data-results]"); }
  get rows() { return [...this.querySelectorAll("[data-office]")]; }
  get chosen() { return this.querySelector("[data-office] input:checked"); }

  // Text that is also on the page is only for screen readers. An error is an alert: it is read out without this.
  say(text, { repeats = false } = {}) {
    const status = this.querySelector("[data-status]");
    status.classList.toggle("d2po-hidden", repeats);
    status.textContent = text;
  }

  settle() {
    this.showChoice();
    this.map?.draw();
    this.askHours(HOURS_TRIES);
  }

  showChoice() {
    const row = this.chosen?.closest("[data-office]");
    const line = this.querySelector("[data-chosen]");
    if (line) {
      line.hidden = !row;
      line.textContent = row ? `${this.dataset.sayChosen} ${row.dataset.number}. ${row.dataset.name}` : "";
    }
    this.map?.press(row);
  }

  // No house number may get into a URL: text that may hold one is posted, and the server redirects to a URL without it.
  onSubmit(event) {
    const form = event.target;
    if (!form.matches("[data-search]")) return;
    event.preventDefault();
    if (form.q.value) form.lat.value = form.lon.value = "";
    const body = new FormData(form);
    const { pathname } = new URL(form.action);
    if (!form.lat.value && !/^[a-z\d -]{1,8}$/i.test(form.q.value)) return void this.load(pathname, { body });
    const asked = [...body].filter(([name, value]) => value && name in { q: 0, lat: 0, lon: 0, filter: 0 });
    this.load(`${pathname}?${new URLSearchParams(asked)}`);
  }

  onChange({ target }) {
    if (target.name !== "filter") this.showChoice();
    else if (this.results.dataset.url) target.form.requestSubmit();
  }

  locate({ form }) {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.q.value = "";
      form.lat.value = coords.latitude.toFixed(3);
      form.lon.value = coords.longitude.toFixed(3);
      form.requestSubmit();
    }, () => this.say(this.dataset.sayLost));
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

  // One search at a time: a new one cancels the one before. The page stays as it is until the answer is here.
  async load(url, { back = false, firstNew = -1, body } = {}) {
    this.request?.abort();
    clearTimeout(this.later);
    const request = (this.request = new AbortController());
    const slow = setTimeout(() => this.say(this.dataset.saySearching), SLOW_MS);
    const stuck = setTimeout(() => request.abort(new Error("no answer")), GIVE_UP_MS);
    this.results.setAttribute("aria-busy", "true");
    try {
      const page = await fetchPage(url, { signal: request.signal, body, method: body ? "POST" : "GET" });
      const fresh = page.querySelector("[data-results]");
      if (this.request !== request) return;
      // After too many searches the list and the choice stay. A page without a list, as during a pause, is opened.
      if (page.tooMany && this.rows.length) return void this.say(page.querySelector("#d2po-problem").textContent);
      if (!fresh && page.querySelector("d2po-step")) return void location.assign(page.at);
      if (!fresh) throw new Error("no results in the answer");
      if (!back && page.at !== here()) history.pushState(null, "", page.at);
      this.shown = page.at;
      document.title = page.title;
      this.swap(fresh, page.querySelector("#d2po-q"), back);
      this.rows[firstNew]?.querySelector("input").focus();
    } catch {
      if (this.request === request) this.say(this.dataset.sayFailed);
    } finally {
      clearTimeout(slow);
      clearTimeout(stuck);
      if (this.request === request) this.results.removeAttribute("aria-busy");
    }
  }

  swap(fresh, field, back) {
    const chosen = this.chosen?.id;
    const focused = this.results.contains(document.activeElement) && document.activeElement.id;
    const open = new Set(this.rows.filter((row) => row.querySelector("details[open]")).map((row) => row.dataset.office));
    fresh.querySelector("[autofocus]")?.removeAttribute("autofocus");
    this.results.replaceWith(fresh);
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (field.hasAttribute(name)) this.field.setAttribute(name, field.getAttribute(name));
      else this.field.removeAttribute(name);
    }
    if (back) this.field.value = field.value;
    const radio = chosen && this.querySelector(`#${chosen}`);
    if (radio) radio.checked = true;
    for (const row of this.rows) {
      if (open.has(row.dataset.office)) row.querySelector("details")?.setAttribute("open", "");
    }
    if (focused) document.getElementById(focused)?.focus();
    const heading = !fresh.querySelector("[data-problem]") && fresh.querySelector("[data-heading]");
    const spoken = heading ? [heading, fresh.querySelector(".d2po-note")] : [];
    this.say(spoken.map((part) => part?.textContent ?? "").join(" ").trim(), { repeats: true });
    if (this.field.hasAttribute("aria-invalid")) this.field.focus();
    this.settle();
    if (!back && !SIDE_BY_SIDE.matches) fresh.scrollIntoView({ behavior: LESS_MOTION.matches ? "auto" : "smooth" });
  }

  // A worker of the server fetches missing hours. Ask for the page again, and change only the rows that lacked them.
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
    this.fill(link.closest("[data-office]"), details);
  }

  fill(row, ...parts) {
    const box = row.querySelector("[data-hours]");
    const focused = box.contains(document.activeElement);
    box.replaceChildren(...parts);
    if (focused) box.querySelector("summary").focus();
  }
}

class OfficeMap {
  constructor(step) {
    this.step = step;
    this.box = step.querySelector("[data-map]");
    this.canvas = step.querySelector("[data-map-canvas]");
    this.button = step.querySelector("[data-map-button]");
    this.pins = new Map();
    this.button.addEventListener("click", () => this.toggle(this.canvas.hidden));
  }

  get located() { return this.step.rows.filter((row) => row.dataset.position); }

  async toggle(open) {
    this.canvas.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    this.button.textContent = open ? this.button.dataset.close : this.button.dataset.open;
    this.box.toggleAttribute("data-shown", open);
    if (!open) return;
    try {
      await (this.files ??= this.loadFiles());
      this.leaflet ??= this.build();
      this.leaflet.invalidateSize();
      this.draw();
    } catch {
      this.files = null;
      this.toggle(false);
      this.step.say(this.step.dataset.sayMapFailed);
    }
  }

  // They run in their order, since later files need earlier ones. An element without a URL loads nothing.
  loadFiles() {
    const { content } = this.box.querySelector("[data-map-files]");
    return Promise.all([...content.children].map((child) => new Promise((loaded, failed) => {
      const copy = document.importNode(child, true);
      copy.async = false;
      copy.onload = loaded;
      copy.onerror = failed;
      document.head.append(copy);
      if (!copy.src && !copy.href) loaded();
    })));
  }

  build() {
    const djoptions = JSON.parse(document.getElementById("d2po-map-options").textContent);
    const map = L.Map.djangoMap(this.canvas, { djoptions, scrollWheelZoom: false, zoomControl: false });
    const { sayZoomIn: zoomInTitle, sayZoomOut: zoomOutTitle, sayReset } = this.step.dataset;
    L.control.zoom({ zoomInTitle, zoomOutTitle }).addTo(map);
    map.setView([56, -96], 3);
    const reset = map.resetviewControl;
    if (reset) {
      const link = reset.getContainer().querySelector("a");
      reset.getBounds = () => this.bounds.pad(0.1);
      link.style.backgroundImage = `url("${L.Control.ResetView.ICON}")`;
      link.title = sayReset;
      link.setAttribute("aria-label", sayReset);
      link.setAttribute("role", "button");
    }
    return map;
  }

  draw() {
    this.box.hidden = !this.located.length;
    if (this.box.hasAttribute("data-opened") && !this.box.hidden) {
      this.box.removeAttribute("data-opened");
      return void this.toggle(true);
    }
    if (!this.leaflet || this.canvas.hidden || this.box.hidden) return;
    this.leaflet.invalidateSize();
    this.pins.forEach((pin) => pin.remove());
    this.pins = new Map(this.located.map((row) => [row.dataset.office, this.pin(row)]));
    this.bounds = L.latLngBounds([...this.pins.values()].map((pin) => pin.getLatLng()));
    this.leaflet.fitBounds(this.bounds, { paddingTopLeft: [64, 56], paddingBottomRight: [32, 32], maxZoom: 15, animate: false });
    this.press(this.step.chosen?.closest("[data-office]"));
  }

  pin(row) {
    const face = document.createElement("span");
    face.textContent = row.dataset.number;
    const icon = L.divIcon({ html: face, className: "d2po-pin", iconSize: [34, 34], iconAnchor: [17, 40] });
    const pin = L.marker(row.dataset.position.split(",").map(Number), { icon, keyboard: false }).addTo(this.leaflet);
    const element = pin.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", `${row.dataset.number}. ${row.dataset.name}`);
    element.title = row.dataset.name;
    pin.on("click", () => this.choose(row));
    element.addEventListener("keydown", (event) => this.onKey(event, row));
    return pin;
  }

  choose(row) {
    row.querySelector("input").checked = true;
    this.step.showChoice();
    if (SIDE_BY_SIDE.matches) row.scrollIntoView({ block: "nearest", behavior: LESS_MOTION.matches ? "auto" : "smooth" });
  }

  // All pins are one tab stop; arrows, Home and End go from pin to pin in the list's order.
  onKey(event, row) {
    const rows = this.located;
    const at = rows.indexOf(row);
    const moves = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (event.key === "Enter" || event.key === " ") this.choose(row);
    else if (event.key in moves) this.focus(rows.at(moves[event.key] % rows.length));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  focus(row) {
    const pin = this.pins.get(row.dataset.office);
    this.stop(row);
    this.leaflet.panInside(pin.getLatLng(), { padding: PAN, animate: false });
    pin.getElement().focus({ preventScroll: true });
  }

  stop(row) {
    this.pins.forEach((pin, office) => pin.getElement().setAttribute("tabindex", office === row?.dataset.office ? "0" : "-1"));
  }

  press(row) {
    if (!this.leaflet) return;
    this.pins.forEach((pin, office) => {
      const pressed = office === row?.dataset.office;
      pin.getElement().setAttribute("aria-pressed", String(pressed));
      pin.setZIndexOffset(pressed ? 1000 : 0);
      if (pressed) this.leaflet.panInside(pin.getLatLng(), { padding: PAN, animate: !LESS_MOTION.matches });
    });
    this.stop(this.pins.has(row?.dataset.office) ? row : this.located[0]);
  }
}

customElements.define("d2po-step", Step);
