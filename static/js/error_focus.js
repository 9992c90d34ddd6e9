// Moves the focus to the summary of errors, so that it is read out and seen first.
document.querySelector("[data-focus]")?.focus();
