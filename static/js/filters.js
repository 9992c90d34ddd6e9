// Applies a filter as soon as it is chosen; the button of the form is for browsers without script.
for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true; // keeps the address short
  });
}

// On a phone the filters are folded; the chips below the form tell which ones are set.
if (window.matchMedia("(max-width: 767.98px)").matches) {
  for (const fold of document.querySelectorAll("details.filter-fold")) fold.open = false;
}
