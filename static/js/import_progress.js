// Shows how far the server has come with a form that takes long, while the browser waits for its answer.
const show = (part, progress) => {
  if (!progress.total) return;
  const bar = part.querySelector("progress");
  bar.max = progress.total;
  bar.value = progress.done;
  part.querySelector("span").textContent = `${progress.words}：${progress.done} / ${progress.total} 行`;
};

for (const form of document.querySelectorAll("form[data-progress-url]")) {
  const part = form.querySelector("[data-progress]");
  form.addEventListener("submit", () => {
    part.hidden = false;
    window.setInterval(async () => {
      try {
        const answer = await fetch(form.dataset.progressUrl, { headers: { Accept: "application/json" } });
        if (answer.ok) show(part, await answer.json());
      } catch {
        // Whether the form itself fails is for its own answer to say.
      }
    }, 700);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload(); // nothing is being waited for any more
  });
}
