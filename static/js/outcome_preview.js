// Shows the sentence of the public report while its text is being typed, and says at once what does not fit in it.
const numberOf = (quoted) => document.querySelector(`[data-total="${CSS.escape(quoted.slice(1, -1))}"]`)?.dataset.number;
const quotations = /【[^【】\n]{1,40}】/g;

const findRemarks = (text, { unfinished, goingOn }) => {
  const going = JSON.parse(unfinished).find((words) => text.includes(words));
  const isLoaded = document.querySelector("[data-total]") !== null;
  const unknown = isLoaded ? (text.match(quotations) ?? []).filter((quoted) => numberOf(quoted) === undefined) : [];
  return [
    going && goingOn.replace("{}", going),
    /^[一二三四五六七八九十]+是/.test(text) && "不用写“一是”“二是”，报告会自己编号。",
    /[，、；：,;:]$/.test(text) && "最后一句还没有写完。",
    ...unknown.map((quoted) => `没有叫${quoted}的统计数。`),
  ].filter(Boolean);
};

for (const paragraph of document.querySelectorAll("[data-preview]")) {
  const area = document.getElementById(paragraph.dataset.preview);
  if (!area) continue;
  const preview = paragraph.querySelector("[data-preview-text]");
  const remark = document.querySelector("[data-preview-remark]");
  const { missing, ends } = paragraph.dataset;
  const showRemarks = (text) => {
    const remarks = findRemarks(text, paragraph.dataset);
    remark.hidden = !text;
    remark.classList.toggle("check-met", remarks.length === 0);
    remark.textContent = remarks.join("") || `${text.length} 字，没有发现半句话、“一是”或没有做完的说法`;
  };
  const show = () => {
    const typed = area.value.trim();
    const text = typed.replace(quotations, (quoted) => numberOf(quoted) ?? quoted);
    preview.textContent = text ? text + (ends.includes(text.slice(-1)) ? "" : "。") : missing;
    showRemarks(typed);
  };
  area.addEventListener("input", show);
  document.addEventListener("totals-loaded", show);
  for (const live of document.querySelectorAll("[data-live]")) live.hidden = false;
  showRemarks(area.value.trim());
}
