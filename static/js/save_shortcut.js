// Ctrl+S and Ctrl+Enter press the first button of a form.
for (const form of document.querySelectorAll("form[data-save-shortcut]")) {
  for (const hint of form.querySelectorAll("[data-shortcut-hint]")) hint.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
    if (event.key.toLowerCase() !== "s" && event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
  });
}
