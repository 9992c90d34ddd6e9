// Counts the ticked rows of a table for the bar below it, and ticks all rows of the page at once.
for (const bar of document.querySelectorAll("form[data-selection-bar]")) {
  const boxes = [...document.querySelectorAll(`input[type=checkbox][form="${bar.id}"]:not(:disabled)`)];
  const status = bar.querySelector("[data-selected-count]");
  const nothing = status.textContent;
  const all = document.querySelector(`[data-select-all="${bar.id}"]`);
  const update = () => {
    const selected = boxes.filter((box) => box.checked).length;
    status.textContent = selected ? `已选 ${selected} ${status.dataset.selectedCount}` : nothing;
    bar.classList.toggle("selection-bar-active", selected > 0);
    if (all) all.checked = selected > 0 && selected === boxes.length;
  };
  for (const box of boxes) box.addEventListener("change", update);
  if (all) {
    all.closest("[hidden]").hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      update();
    });
  }
  update();
}
