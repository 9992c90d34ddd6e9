// Shows the sentence of the public report while its text is being typed.
const totals = new Map();
for (const item of document.querySelectorAll("[data-total]")) totals.set(`【${item.dataset.total}】`, item.dataset.number);

for (const paragraph of document.querySelectorAll("[data-preview]")) {
  const area = document.getElementById(paragraph.dataset.preview);
  const preview = paragraph.querySelector("[data-preview-text]");
  const { missing, ends } = paragraph.dataset;
  area?.addEventListener("input", () => {
    const text = area.value.trim().replace(/【[^【】\n]{1,40}】/g, (key) => totals.get(key) ?? key);
    preview.textContent = text ? text + (ends.includes(text.slice(-1)) ? "" : "。") : missing;
  });
}
