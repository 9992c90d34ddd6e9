// Opens the first link of a table row at a click anywhere in the row, unless text is being selected or something else
// in the row was clicked.
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row-link]");
  if (!row || event.target.closest("a, button, input, select, label") || window.getSelection().toString()) return;
  row.querySelector("a[href]")?.click();
});
