// The queue by keyboard. Without script every row is a link and every step a button.
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

// The bar below the list: how many rows are ticked, which, and what its buttons do to them.
const handleTicks = (form) => {
  const bar = form.querySelector("[data-queue-bar]");
  const boxes = [...form.querySelectorAll("input[name=row]:not(:disabled)")];
  const all = form.querySelector("[data-tick-all]");
  const count = bar.querySelector("[data-ticked-count]");
  const names = bar.querySelector("[data-ticked-names]");
  const whole = bar.querySelector("[data-whole]"); // the rows of all pages
  const nothing = count.textContent;
  const buttons = [...bar.querySelectorAll("[data-several]")].map((button) => [button, button.textContent]);
  const update = () => {
    const ticked = boxes.filter((box) => box.checked);
    const labels = new Set(ticked.map((box) => box.dataset.label));
    count.textContent = ticked.length ? `已勾选 ${ticked.length} 条` : nothing;
    names.hidden = bar.querySelector("[data-clear]").hidden = !ticked.length;
    names.querySelector("p").textContent = ticked.map((box) => box.dataset.number).join("、");
    for (const [button, words] of buttons) {
      const act = button.dataset.several === "办理" && labels.has("核实") && labels.size === 1 ? "核实" : button.dataset.several;
      button.textContent = ticked.length ? `${act}这 ${ticked.length} 条` : words;
    }
    bar.classList.toggle("queue-bar-active", ticked.length > 0);
    all.checked = ticked.length > 0 && ticked.length === boxes.length;
    if (whole) whole.hidden = !all.checked;
    for (const box of boxes) box.closest(".queue-row").classList.toggle("queue-row-picked", box.checked);
  };
  const tick = (isTicked) => {
    for (const box of boxes) box.checked = isTicked;
    update();
  };
  for (const box of boxes) box.addEventListener("change", update);
  all.closest("[hidden]").hidden = false;
  all.addEventListener("change", () => tick(all.checked));
  bar.querySelector("[data-clear]").addEventListener("click", () => tick(false));
  update();
};

const handleQueue = (form) => {
  const help = document.querySelector("[data-help]");
  const rows = [...form.querySelectorAll(".queue-row")];
  const currentRow = () => rows.find((row) => row.hasAttribute("data-current"));

  const scrollToRow = (row) => {
    const list = row.parentElement; // which scrolls by itself, so that the open pane stays where it is
    list.scrollTop = row.offsetTop - (list.clientHeight - row.offsetHeight) / 2;
  };

  // Only the right side is exchanged, so that ticks and the place in the list stay.
  const showPane = async (row, link) => {
    const answer = await fetch(link.href);
    const pane = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-pane]");
    if (row !== currentRow()) return; // the user has moved on
    if (!pane) {
      location.assign(link.href);
      return;
    }
    form.querySelector("[data-pane]").replaceWith(pane);
    if (pane.getBoundingClientRect().top < 0) pane.scrollIntoView();
    history.replaceState(null, "", link.href);
    tell("viewer:replaced");
  };
  let shown = Promise.resolve(); // once the pane is that of the current row
  const open = (row) => {
    const link = row?.querySelector("a");
    if (!link) return;
    for (const other of rows) {
      other.toggleAttribute("data-current", other === row);
      other.querySelector("a").removeAttribute("aria-current");
    }
    link.setAttribute("aria-current", "true");
    scrollToRow(row);
    shown = showPane(row, link);
  };
  const move = (by) => open(rows[rows.indexOf(currentRow()) + by]);
  const toggleTick = () => {
    const box = currentRow()?.querySelector("[type=checkbox]");
    if (box && !box.disabled) box.click();
  };
  const moves = {
    j: () => move(1),
    k: () => move(-1),
    ArrowLeft: () => tell("viewer:turn", -1),
    ArrowRight: () => tell("viewer:turn", 1),
  };
  const actions = {
    " ": toggleTick,
    Enter: () => shown.then(() => form.querySelector("[data-main-button]")?.click()),
    b: () => form.querySelector("[data-several-button]").click(),
    a: () => form.querySelector("[data-tick-all]").click(),
    r: () => shown.then(() => form.querySelector("#queue-opinion")?.focus()),
    z: () => tell("viewer:use", "zoomed"),
    t: () => tell("viewer:use", "turned"),
    "?": () => help?.showModal(),
  };

  if (currentRow()) scrollToRow(currentRow());
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-next]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    move(1);
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (field && event.key === "Escape") field.blur();
    if (field || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || help?.open) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.repeat && event.key in actions) {
      event.preventDefault(); // a held key acts once, also on the page that comes next
      return;
    }
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    if (event.key === " " && event.target.closest("button, input, summary")) return;
    const act = moves[event.key] ?? actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
};

for (const form of document.querySelectorAll("form[data-queue-form]")) {
  handleTicks(form);
  handleQueue(form);
}
