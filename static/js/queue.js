// The queue by keyboard. Without script every row is a link and every step a button.
const handleQueue = (queue) => {
  const help = document.querySelector("[data-help]");
  const form = queue.querySelector("form[data-queue-record]");
  const rows = [...queue.querySelectorAll(".queue-row")];
  const boxes = rows.map((row) => row.querySelector("[type=checkbox]"));
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
  const moves = { j: () => move(1), k: () => move(-1) };
  const actions = {
    " ": toggleTick,
    Enter: () => shown.then(() => form.querySelector("[data-main-button]")?.click()),
    b: () => document.querySelector("[data-several-button]").click(),
    a: () => document.querySelector("[data-select-all]").click(),
    r: () => shown.then(() => form.querySelector("#queue-reason")?.focus()),
    "?": () => help?.showModal(),
  };

  if (currentRow()) scrollToRow(currentRow());
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
  // The ticks stay when the open record is acted on.
  form.addEventListener("formdata", (event) => {
    for (const box of boxes) if (box.checked) event.formData.append("row", box.value);
  });
};

for (const queue of document.querySelectorAll("[data-queue]")) handleQueue(queue);
