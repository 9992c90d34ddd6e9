// The queue by keyboard. Without script every row is a link and every act a button.
(() => {
  const form = document.querySelector("[data-queue]");
  if (!form) return;
  const help = document.querySelector("[data-help]");
  const rows = [...form.querySelectorAll(".queue-row")];
  const openRow = () => rows.find((row) => row.hasAttribute("data-open"));

  const show = (row) => {
    const list = row.parentElement; // which scrolls by itself, so that what is open stays where it is
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
      other.toggleAttribute("data-open", other === row);
      other.querySelector("a").removeAttribute("aria-current");
    }
    link.setAttribute("aria-current", "true");
    show(row);
    if (pane.getBoundingClientRect().top < 0) pane.scrollIntoView();
    history.replaceState(null, "", link.href);
  };
  const move = (by) => open(rows[rows.indexOf(openRow()) + by]);
  const forward = () => {
    const button = form.querySelector("[data-forward]");
    if (!button) return;
    if (button.hasAttribute("data-asks")) button.focus();
    else button.click();
  };
  const tick = () => {
    const box = openRow()?.querySelector("[type=checkbox]");
    if (box && !box.disabled) box.checked = !box.checked;
  };
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    " ": tick,
    Enter: forward,
    r: () => form.querySelector("#queue-reason")?.focus(),
    "?": () => help?.showModal(),
  };

  if (openRow()) show(openRow());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (typing && event.key === "Escape") typing.blur();
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || help?.open) return;
    if (event.key === "Enter" && event.target.closest("a, button")) return;
    if (event.key === " " && event.target.closest("button, input")) return;
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
