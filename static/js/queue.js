// The queue by keyboard. Without script every row is a link and every step a button.
const handleQueue = (form) => {
  const help = document.querySelector("[data-help]");
  const rows = [...form.querySelectorAll(".queue-row")];
  const currentRow = () => rows.find((row) => row.hasAttribute("data-current"));

  const scrollToRow = (row) => {
    const list = row.parentElement; // which scrolls by itself, so that the open pane stays where it is
    list.scrollTop = row.offsetTop - (list.clientHeight - row.offsetHeight) / 2;
  };

  // Only the right side is exchanged, so that ticks and the place in the list stay.
  const open = async (row) => {
    const link = row?.querySelector("a");
    if (!link) return;
    const answer = await fetch(link.href);
    const pane = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-pane]");
    if (!pane) {
      location.assign(link.href);
      return;
    }
    form.querySelector("[data-pane]").replaceWith(pane);
    for (const other of rows) {
      other.toggleAttribute("data-current", other === row);
      other.querySelector("a").removeAttribute("aria-current");
    }
    link.setAttribute("aria-current", "true");
    scrollToRow(row);
    if (pane.getBoundingClientRect().top < 0) pane.scrollIntoView();
    history.replaceState(null, "", link.href);
  };
  const move = (by) => open(rows[rows.indexOf(currentRow()) + by]);
  const pressMainButton = () => {
    const button = form.querySelector("[data-main-button]");
    if (!button) return;
    if (button.hasAttribute("data-focus-first")) button.focus(); // a signature takes a second press
    else button.click();
  };
  const toggleTick = () => {
    const box = currentRow()?.querySelector("[type=checkbox]");
    if (box && !box.disabled) box.checked = !box.checked;
  };
  const actions = {
    j: () => move(1),
    k: () => move(-1),
    " ": toggleTick,
    Enter: pressMainButton,
    r: () => form.querySelector("#queue-reason")?.focus(),
    "?": () => help?.showModal(),
  };

  if (currentRow()) scrollToRow(currentRow());
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (field && event.key === "Escape") field.blur();
    if (field || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || help?.open) return;
    if (event.key === "Enter" && event.target.closest("a, button")) return;
    if (event.key === " " && event.target.closest("button, input")) return;
    if (!(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  });
};

for (const form of document.querySelectorAll("form[data-queue]")) handleQueue(form);
