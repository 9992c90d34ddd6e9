// Inserts a prepared text into a text area at the press of a button.
for (const button of document.querySelectorAll("[data-insert-text]")) {
  const area = document.getElementById(button.dataset.insertInto);
  button.hidden = !area;
  button.addEventListener("click", () => {
    area.setRangeText(button.dataset.insertText, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
}
