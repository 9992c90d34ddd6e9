// Asks before a page is left while something that was typed or chosen in a form on it is not saved.
let sent = null; // the form that is being sent

const isChosen = (option, index, options) => {
  const isFirst = index === 0 && !options[0].closest("select").multiple && !options.some((one) => one.defaultSelected);
  return option.defaultSelected || isFirst;
};
const isChanged = (field) => {
  if (field.type === "hidden" || !field.matches("input, textarea, select")) return false;
  if (field.type === "file") return field.files.length > 0;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") {
    return [...field.options].some((option, index, all) => option.selected !== isChosen(option, index, all));
  }
  return field.value !== field.defaultValue;
};
// What the server has sent back for correction is not saved either.
const isUnsaved = (form) => "unsaved" in form.dataset || [...form.elements].some(isChanged);

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sent = event.target;
});
window.addEventListener("pageshow", () => { sent = null; });
window.addEventListener("beforeunload", (event) => {
  if (![...document.querySelectorAll("form[data-draft]")].some((form) => form !== sent && isUnsaved(form))) return;
  event.preventDefault();
  event.returnValue = ""; // Chromium before 119 asks only for this
});
