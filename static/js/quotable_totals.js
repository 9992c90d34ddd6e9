// The totals that a text may quote: fetched when the list is opened, or when a text quotes one, with buttons that insert
// them. Without script the link leads to the same list.
const insertionButton = (area, words, label) => {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn btn-sm btn-outline-secondary", textContent: `插入${label}` });
  button.setAttribute("aria-label", `插入${label}：${words}`);
  button.addEventListener("click", () => {
    area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
  return button;
};

const load = async (details, areas) => {
  const answer = await fetch(details.dataset.totals);
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`); // redirected to the sign-in page
  const list = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("ul");
  for (const item of list.querySelectorAll("[data-total]")) {
    for (const { area, label } of areas) item.append(insertionButton(area, item.dataset.words, areas.length > 1 ? label : ""));
  }
  details.querySelector("[data-totals-link]").replaceWith(list);
  // Not as an input: nothing was typed, and leaving the page must not ask.
  document.dispatchEvent(new Event("totals-loaded"));
};

for (const details of document.querySelectorAll("[data-totals]")) {
  const areas = [...details.querySelectorAll("[data-total-area]")]
    .map((mark) => ({ area: document.getElementById(mark.dataset.totalArea), label: mark.textContent }))
    .filter(({ area }) => area);
  let loading = null;
  const loadOnce = () => {
    loading ??= load(details, areas).catch(() => { loading = null; }); // the link stays, and the next time tries again
  };
  details.addEventListener("toggle", () => details.open && loadOnce());
  for (const { area } of areas) area.addEventListener("input", () => area.value.includes("【") && loadOnce());
}
