// The keys of the page of what was read: n and p go to the next and the previous doubtful line, the others press the
// buttons that name them in aria-keyshortcuts.
const lines = [...document.querySelectorAll(".read-line")];
const radioOf = (line) => line.querySelector("input[type=radio]");

// A chosen line is a radio button with the focus: only what takes letters is typed into.
const isTyping = (target) =>
  target.isContentEditable || ["SELECT", "TEXTAREA"].includes(target.tagName) ||
  (target.tagName === "INPUT" && !["radio", "checkbox"].includes(target.type));

const goToDoubt = (step) => {
  const place = lines.findIndex((line) => radioOf(line).checked);
  const ahead = step > 0 ? lines.slice(place + 1) : lines.slice(0, place === -1 ? lines.length : place).reverse();
  const line = ahead.find((one) => one.classList.contains("read-doubtful"));
  if (!line) return;
  radioOf(line).checked = true;
  radioOf(line).focus();
  line.scrollIntoView({ block: "center" });
};

const press = (key) => {
  const button = document.querySelector(`[data-line-key][aria-keyshortcuts="${key}"]`);
  const isReady = button?.dataset.lineKey === "undo" || lines.some((line) => radioOf(line).checked);
  if (isReady) button?.click();
};

const ACTS = { n: () => goToDoubt(1), p: () => goToDoubt(-1) };
for (const button of document.querySelectorAll("[data-line-key]")) {
  const key = button.getAttribute("aria-keyshortcuts");
  ACTS[key] = () => press(key);
}

document.querySelector("[data-read-keys]").hidden = false;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing || isTyping(event.target)) return;
  const act = ACTS[event.key];
  if (!act || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  act();
});
