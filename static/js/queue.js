// The keyboard of the queue: j and k move, the space bar ticks, enter agrees, r goes to the reason for sending back.
(() => {
  "use strict";

  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const boxes = [...queue.querySelectorAll("input[name=item]")];
  const count = queue.querySelector("[data-ticked]");
  const agree = queue.querySelector("button[value=agree]");
  const label = queue.querySelector("[data-agree]");
  const word = label ? label.textContent : "";

  const say = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    count.textContent = ticked ? `已勾选 ${ticked} 项` : "";
    if (label) label.textContent = ticked ? `同意勾选的 ${ticked} 项` : word;
  };
  queue.addEventListener("change", say);
  // Ticks outlive going to the next thing, until something is done with them.
  const kept = new Set((sessionStorage.getItem("rectify-ticked") || "").split(" "));
  for (const box of boxes) box.checked = kept.has(box.value);
  say();
  const keep = () => sessionStorage.setItem("rectify-ticked", boxes.filter((box) => box.checked).map((box) => box.value).join(" "));
  queue.addEventListener("change", keep);
  queue.addEventListener("submit", () => sessionStorage.removeItem("rectify-ticked"));

  document.querySelector(".queue-row.is-current")?.scrollIntoView({ block: "nearest" });

  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input:not([type=checkbox]), textarea, select, button, a") || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = queue.querySelector(".queue-row.is-current input[name=item]");
    const acts = {
      j: () => queue.dataset.after && location.assign(queue.dataset.after),
      k: () => queue.dataset.before && location.assign(queue.dataset.before),
      " ": () => { if (box) { box.checked = !box.checked; keep(); say(); } },
      Enter: () => agree && queue.requestSubmit(agree),
      r: () => document.getElementById("queue-reason")?.focus(),
    };
    if (acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  });
})();
