// Pins in step with the list, and a card for the one that is pressed.
const PAN = 50;
const APART = 38;
const ROUNDS = 60;
const LEG_FROM = 6;
const SLOW_MS = 5000;
const KM_PER_DEGREE = 111.195;
const WAYS = 8;
const WHOLE = 0.01;

let files;

export async function openMap(step, box) {
  await (files ??= loadFiles(box.querySelector("[data-map-files]").content).catch((error) => {
    files = null;
    throw error;
  }));
  return new OfficeMap(step, box);
}

// In their order: later files need earlier ones.
function loadFiles({ children }) {
  return Promise.all([...children].map((child) => new Promise((loaded, failed) => {
    const copy = document.importNode(child, true);
    copy.async = false;
    copy.onload = loaded;
    copy.onerror = failed;
    document.head.append(copy);
    if (!copy.src && !copy.href) loaded();
  })));
}

function titleOf({ dataset }) {
  return dataset.number ? `${dataset.number}. ${dataset.name}` : dataset.name;
}

// Pushes points apart by the width of a pin.
export function spread(points) {
  const spots = points.map(({ x, y }, at) => ({ x: x + Math.cos(at * 2.4) / 50, y: y + Math.sin(at * 2.4) / 50 }));
  for (let round = 0, moved = true; moved && round < ROUNDS; round += 1) {
    moved = false;
    spots.forEach((one, at) => spots.slice(at + 1).forEach((other) => {
      const [x, y] = [other.x - one.x, other.y - one.y];
      const apart = Math.hypot(x, y) || 1e-6;
      if (apart >= APART - 0.5) return;
      const push = (APART - apart) / 2 / apart;
      one.x -= x * push;
      one.y -= y * push;
      other.x += x * push;
      other.y += y * push;
      moved = true;
    }));
  }
  return spots;
}

// Where was searched, by the list's distances in km; null if they fit none or two places, as along a road: ways from all
// around must end in one.
export function placeOf(offices) {
  if (offices.length < 3) return null;
  const [lat0, lon0] = offices[0].position;
  const wide = KM_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180);
  const spots = offices.map(({ position: [lat, lon], km }) => ({ x: (lon - lon0) * wide, y: (lat - lat0) * KM_PER_DEGREE, km }));
  const bearings = Array.from({ length: WAYS }, (_, way) => (way * 2 * Math.PI) / WAYS);
  const ends = bearings.map((at) => walk(spots, spots[0].km * Math.cos(at), spots[0].km * Math.sin(at)));
  const fits = 0.03 + Math.max(...spots.map(({ km }) => km)) / 100;
  const [place, ...others] = ends.filter((end) => end && end.error < fits);
  if (!place || others.some(({ x, y }) => Math.hypot(x - place.x, y - place.y) > fits)) return null;
  return [lat0 + place.y / KM_PER_DEGREE, lon0 + place.x / wide];
}

// Gauss-Newton; null where the spots lie in one direction only.
function walk(spots, x, y) {
  let error = Infinity;
  for (let round = 0; round < 25; round += 1) {
    let [a, b, c, p, q, squares] = [0, 0, 0, 0, 0, 0];
    for (const spot of spots) {
      const [dx, dy] = [x - spot.x, y - spot.y];
      const away = Math.hypot(dx, dy) || 1e-6;
      const [u, v, off] = [dx / away, dy / away, away - spot.km];
      [a, b, c, p, q, squares] = [a + u * u, b + u * v, c + v * v, p + u * off, q + v * off, squares + off * off];
    }
    error = Math.sqrt(squares / spots.length);
    const whole = a * c - b * b;
    if (whole < WHOLE * spots.length ** 2) return null;
    x -= (c * p - b * q) / whole;
    y -= (a * q - b * p) / whole;
  }
  return { x, y, error };
}

class OfficeMap {
  constructor(step, box) {
    Object.assign(this, { step, box, pins: new Map(), legs: [] });
    this.card = box.querySelector("[data-card]");
    this.told = this.card.querySelector("[data-card-text]");
    this.area = box.querySelector("[data-map-area]");
    this.canvas = box.querySelector("[data-map-canvas]");
    this.leaflet = this.build();
    this.watchTiles();
    this.leaflet.on("zoomend", () => this.spread());
    this.leaflet.on("dragend zoomend", () => { this.area.hidden = false; });
    this.leaflet.on("keydown", ({ originalEvent: { key } }) => { if (key.startsWith("Arrow")) this.area.hidden = false; });
    this.leaflet.on("click", () => this.close());
    this.area.addEventListener("click", () => this.searchArea());
    this.card.querySelector("[data-card-close]").addEventListener("click", () => this.close());
    this.box.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
  }

  get rows() { return this.step.located; }

  build() {
    const djoptions = JSON.parse(this.box.querySelector("script").textContent);
    const map = L.Map.djangoMap(this.canvas, { djoptions, scrollWheelZoom: false, zoomControl: false });
    const { sayZoomIn: zoomInTitle, sayZoomOut: zoomOutTitle, sayReset } = this.box.dataset;
    L.control.zoom({ zoomInTitle, zoomOutTitle }).addTo(map);
    map.setView([56, -96], 3);
    const reset = map.resetviewControl;
    if (reset) {
      const link = reset.getContainer().querySelector("a");
      reset.getBounds = () => this.bounds.pad(0.1);
      link.style.backgroundImage = `url("${L.Control.ResetView.ICON}")`;
      Object.assign(link, { role: "button", title: sayReset, ariaLabel: sayReset });
    }
    return map;
  }

  watchTiles() {
    const status = this.box.querySelector("[data-map-status]");
    const { saySlowTiles, sayNoTiles } = this.box.dataset;
    let [failed, timer] = [false, 0];
    const begin = () => {
      failed = false;
      clearTimeout(timer);
      timer = setTimeout(() => { status.textContent ||= saySlowTiles; }, SLOW_MS);
    };
    const fail = () => {
      failed = true;
      status.textContent = sayNoTiles;
    };
    const end = () => {
      clearTimeout(timer);
      if (!failed) status.textContent = "";
    };
    this.leaflet.eachLayer((layer) => layer instanceof L.TileLayer && layer.on({ loading: begin, tileerror: fail, load: end }));
    begin();
  }

  draw() {
    this.leaflet.invalidateSize();
    this.pins.forEach((pin) => pin.remove());
    this.pins = new Map(this.rows.map((row) => [row.dataset.office, this.pin(row)]));
    this.bounds = L.latLngBounds([...this.pins.values()].map((pin) => pin.home));
    this.markPlace();
    this.leaflet.fitBounds(this.bounds, { paddingTopLeft: [64, 64], paddingBottomRight: [40, 32], maxZoom: 15, animate: false });
    this.area.hidden = true;
    this.spread();
    this.press(this.step.chosen?.closest("[data-office]"));
    if (this.pressed && this.step.root.dataset.view === "map") this.show(this.pressed);
    else this.card.hidden = true;
  }

  pin(row) {
    const face = document.createElement("span");
    face.textContent = row.dataset.number;
    const icon = L.divIcon({ html: face, className: "d2po-pin", iconSize: [34, 34], iconAnchor: [17, 41] });
    const home = L.latLng(row.dataset.position.split(",").map(Number));
    const pin = Object.assign(L.marker(home, { icon, keyboard: false }).addTo(this.leaflet), { home });
    const element = pin.getElement();
    element.dataset.pin = row.dataset.office;
    Object.assign(element, { role: "button", title: row.dataset.name, ariaLabel: titleOf(row) });
    pin.on("click", () => this.choose(row));
    element.addEventListener("keydown", (event) => this.onKey(event, row));
    return pin;
  }

  // Our directory's distances are from its own guess.
  markPlace() {
    this.place?.remove();
    const guessed = this.step.querySelector("[data-rung=directory]");
    const offices = this.rows.map(({ dataset: { position, km } }) => ({ position: position.split(",").map(Number), km: Number(km) }));
    const at = !guessed && placeOf(offices.filter(({ km }) => km));
    if (!at) return;
    const icon = L.divIcon({ className: "d2po-place-mark", iconSize: [20, 20] });
    this.place = L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(this.leaflet);
    Object.assign(this.place.getElement(), { role: "img", ariaLabel: this.box.dataset.sayPlace });
    this.bounds.extend(at);
  }

  // Pins that hide each other stand apart, with a line to their places.
  spread() {
    this.legs.forEach((leg) => leg.remove());
    const pins = [...this.pins.values()];
    const homes = pins.map((pin) => this.leaflet.latLngToLayerPoint(pin.home));
    this.legs = spread(homes).map((spot, at) => {
      const away = Math.hypot(spot.x - homes[at].x, spot.y - homes[at].y);
      pins[at].setLatLng(away > 1 ? this.leaflet.layerPointToLatLng([spot.x, spot.y]) : pins[at].home);
      return away > LEG_FROM && L.polyline([pins[at].home, pins[at].getLatLng()], { className: "d2po-leg", interactive: false, weight: 2 }).addTo(this.leaflet);
    }).filter(Boolean);
  }

  choose(row) {
    const radio = row.querySelector("input");
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    this.show(row);
  }

  // A copy of the row has no ids.
  show(row) {
    const told = this.step.querySelector("[data-told]");
    const parts = [...row.querySelector("label").children, row.querySelector("[data-hours]"), ...(told ? [told] : [])];
    this.told.replaceChildren(...parts.map((part) => part.cloneNode(true)));
    for (const element of this.told.querySelectorAll("[id]")) element.removeAttribute("id");
    this.told.dataset.pin = row.dataset.office;
    this.card.hidden = false;
    this.reveal(this.pins.get(row.dataset.office));
    if (!this.step.wide) this.card.scrollIntoView({ block: "nearest" });
  }

  refresh(row) {
    if (!this.card.hidden && row === this.pressed) this.show(row);
  }

  close() {
    if (this.card.hidden) return;
    const focused = this.card.contains(document.activeElement);
    this.card.hidden = true;
    if (focused && this.pressed) this.pins.get(this.pressed.dataset.office).getElement().focus({ preventScroll: true });
  }

  // Beside the list the card lies over the map's upper edge, else over its lower.
  reveal(pin, animate = !this.step.calm) {
    const covered = this.card.hidden ? 0 : this.card.offsetHeight;
    const [above, below] = this.step.wide ? [covered, 0] : [0, covered];
    this.leaflet.panInside(pin.getLatLng(), { paddingTopLeft: [PAN, PAN + 16 + above], paddingBottomRight: [PAN, PAN + below], animate });
  }

  searchArea() {
    const { lat, lng } = this.leaflet.getCenter().wrap();
    this.canvas.focus({ preventScroll: true });
    this.step.search((search) => search.sendPoint(lat, lng, { onMap: true }));
  }

  // All pins are one tab stop.
  onKey(event, row) {
    const { rows } = this;
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
    this.reveal(pin, false);
    pin.getElement().focus({ preventScroll: true });
  }

  stop(row) {
    this.pins.forEach((pin, office) => { pin.getElement().tabIndex = office === row?.dataset.office ? 0 : -1; });
  }

  light(row) {
    this.pins.forEach((pin, office) => pin.getElement().toggleAttribute("data-lit", office === row?.dataset.office));
  }

  press(row) {
    this.pressed = row && this.pins.has(row.dataset.office) ? row : null;
    const chosen = this.pressed?.dataset.office;
    if (this.told.dataset.pin !== chosen) this.card.hidden = true;
    this.pins.forEach((pin, office) => {
      const pressed = office === chosen;
      pin.getElement().ariaPressed = pressed;
      pin.setZIndexOffset(pressed ? 1000 : 0);
      if (pressed) this.reveal(pin);
    });
    this.stop(this.pressed ?? this.rows[0]);
  }
}
