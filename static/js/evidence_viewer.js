// Turns the pages of evidence in place, with the next one loaded beforehand, zooms and rotates. Without script every page
// is a link. The viewer may be replaced as a whole, so that nothing is bound to its elements.
const loaded = new Map(); // pictures by their address: the browser must not keep files, the open page may

const pagesOf = (viewer) => [...viewer.querySelectorAll("[data-page]")];
const currentOf = (viewer) => viewer.querySelector("[data-page][aria-current]");
const labelOf = (page) => page.getAttribute("aria-label");

const pictureOf = (page) => {
  const address = page.dataset.picture;
  if (!loaded.has(address)) {
    const picture = new Image();
    picture.src = address;
    picture.alt = labelOf(page);
    loaded.set(address, picture);
  }
  return loaded.get(address);
};

const contentOf = (page) => {
  if (page.dataset.picture) return pictureOf(page);
  const reason = document.createElement("p");
  reason.textContent = page.dataset.unshown;
  return reason;
};

const pageBeside = (viewer, page, by) => {
  const pages = pagesOf(viewer);
  return pages[pages.indexOf(page) + by];
};

const show = (viewer, page) => {
  currentOf(viewer)?.removeAttribute("aria-current");
  page.setAttribute("aria-current", "true");
  const next = pageBeside(viewer, page, 1);
  const large = viewer.querySelector("[data-large]");
  const isDouble = large.classList.contains("viewer-double");
  large.classList.remove("viewer-turned-90", "viewer-turned-180", "viewer-turned-270");
  large.replaceChildren(...(isDouble && next ? [page, next] : [page]).map(contentOf));
  large.scrollTop = 0;
  viewer.querySelector("strong[data-name]").textContent = page.dataset.name;
  viewer.querySelector("span[data-caption]").textContent = page.dataset.caption;
  const download = viewer.querySelector("[data-download-link]");
  download.hidden = !page.dataset.download;
  download.href = page.dataset.download;
  const strip = viewer.querySelector(".viewer-strip");
  strip.scrollTop = page.offsetTop - strip.clientHeight / 2;
  strip.scrollLeft = page.offsetLeft - strip.clientWidth / 2;
  if (next?.dataset.picture) pictureOf(next);
};

const turnPage = (viewer, by) => {
  const page = pageBeside(viewer, currentOf(viewer), by);
  if (page) show(viewer, page);
};

const TURNS = ["", "viewer-turned-90", "viewer-turned-180", "viewer-turned-270"];
const turn = (large) => {
  const place = Math.max(0, TURNS.findIndex((name) => name && large.classList.contains(name)));
  if (place) large.classList.remove(TURNS[place]);
  const next = TURNS[(place + 1) % TURNS.length];
  if (next) large.classList.add(next);
};

const MODES = { zoomed: "viewer-zoomed", double: "viewer-double" };
const use = (viewer, tool) => {
  const large = viewer.querySelector("[data-large]");
  if (tool === "turned") {
    turn(large);
    return;
  }
  const isOn = large.classList.toggle(MODES[tool]);
  viewer.querySelector(`[data-tool="${tool}"]`).setAttribute("aria-pressed", String(isOn));
  if (tool === "double") show(viewer, currentOf(viewer));
};

const start = (viewer) => {
  loaded.clear(); // those of the record before
  for (const tool of viewer.querySelectorAll("[data-tool]")) tool.hidden = false;
  const picture = viewer.querySelector("[data-large] img");
  const page = currentOf(viewer);
  if (picture && page) loaded.set(page.dataset.picture, picture);
  const next = pageBeside(viewer, page, 1);
  const preload = () => { if (next?.dataset.picture) pictureOf(next); };
  if (picture && !picture.complete) picture.addEventListener("load", preload, { once: true });
  else preload();
};

const startAll = () => { for (const viewer of document.querySelectorAll("[data-viewer]")) start(viewer); };

document.addEventListener("click", (event) => {
  const viewer = event.target.closest("[data-viewer]");
  if (!viewer || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const page = event.target.closest("[data-page]");
  const step = event.target.closest("[data-turn]");
  const tool = event.target.closest("[data-tool]");
  if (page || step) event.preventDefault();
  if (page) show(viewer, page);
  if (step) turnPage(viewer, Number(step.dataset.turn));
  if (tool) use(viewer, tool.dataset.tool);
});
document.addEventListener("viewer:turn", (event) => {
  for (const viewer of document.querySelectorAll("[data-viewer]")) turnPage(viewer, event.detail);
});
document.addEventListener("viewer:use", (event) => {
  for (const viewer of document.querySelectorAll("[data-viewer]")) use(viewer, event.detail);
});
document.addEventListener("viewer:replaced", startAll);
startAll();
