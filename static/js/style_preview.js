// Shows what a changed style makes of the report as soon as typing pauses; without script the button 看效果 does it.
const form = document.querySelector("[data-style-editor]");
const preview = document.getElementById("style-preview");
const state = form.querySelector("[data-preview-state]");
let timer = 0;
let latest = 0;

const refresh = async () => {
  const own = ++latest;
  const data = new FormData(form);
  data.set("preview", "on");
  const answer = await fetch(window.location.href, { method: "POST", body: data });
  if (own !== latest || !answer.ok || answer.redirected) return; // typed on meanwhile, or the sign-in page
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const error = page.querySelector(".form-errors");
  state.textContent = error ? error.textContent.trim().replace(/\s+/g, " ") : "已按改后的写法更新，还没有保存。";
  state.classList.toggle("message-error", Boolean(error));
  if (!error) preview.replaceChildren(...page.getElementById("style-preview").childNodes);
};

form.addEventListener("input", () => {
  window.clearTimeout(timer);
  timer = window.setTimeout(refresh, 500);
});
