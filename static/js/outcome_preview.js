// Shows the sentence of the public report while its text is being typed.
const numberOf = (quoted) => document.querySelector(`[data-total="${CSS.escape(quoted.slice(1, -1))}"]`)?.dataset.number;

for (const paragraph of document.querySelectorAll("[data-preview]")) {
  const area = document.getElementById(paragraph.dataset.preview);
  const preview = paragraph.querySelector("[data-preview-text]");
  const { missing, ends } = paragraph.dataset;
  const show = () => {
    const text = area.value.trim().replace(/【[^【】\n]{1,40}】/g, (quoted) => numberOf(quoted) ?? quoted);
    preview.textContent = text ? text + (ends.includes(text.slice(-1)) ? "" : "。") : missing;
  };
  area?.addEventListener("input", show);
  if (area) document.addEventListener("totals-loaded", show);
}
