// Tells how far the server has come with a form that takes long, while the browser waits for its answer.
(() => {
  "use strict";

  const show = (part, progress) => {
    if (!progress.total) return;
    const bar = part.querySelector("progress");
    bar.max = progress.total;
    bar.value = progress.done;
    part.querySelector("span").textContent = `${progress.words}：${progress.done} / ${progress.total} 行`;
  };

  for (const form of document.querySelectorAll("form[data-waits]")) {
    const part = form.querySelector("[data-waiting]");
    form.addEventListener("submit", () => {
      part.hidden = false;
      window.setInterval(async () => {
        try {
          const answer = await fetch(form.dataset.waits, { headers: { Accept: "application/json" } });
          if (answer.ok) show(part, await answer.json());
        } catch {
          // Whether the form itself fails is for its own answer to say.
        }
      }, 700);
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) window.location.reload(); // come back to, not waiting any more
    });
  }
})();
