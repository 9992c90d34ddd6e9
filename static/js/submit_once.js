// Disables the buttons of a form while it is being sent, so that pressing twice does not send twice.
const submitButtons = (root) => root.querySelectorAll("button[type=submit]");

for (const form of document.querySelectorAll("form[data-submit-once]")) {
  form.addEventListener("submit", () => {
    // Only after the browser has read the form: a disabled button would not be sent.
    for (const button of submitButtons(form)) window.setTimeout(() => { button.disabled = true; }, 0);
  });
}
// A page that comes back from the browser's cache would otherwise keep its buttons disabled.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-submit-once]")) {
    for (const button of submitButtons(form)) button.disabled = false;
  }
});
