// Ctrl+S presses the first button of a form, Ctrl+Enter its primary one; not from a box that stands elsewhere on the page.
for (const form of document.querySelectorAll("form[data-save-shortcut]")) {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing || event.repeat) return;
    const isEnter = event.key === "Enter";
    if (event.key.toLowerCase() !== "s" && !isEnter) return;
    if (isEnter && event.target.matches("textarea, input") && !form.contains(event.target)) return;
    event.preventDefault();
    form.querySelector(isEnter ? "button.btn-primary[type=submit]" : "button[type=submit]").click();
  });
}
