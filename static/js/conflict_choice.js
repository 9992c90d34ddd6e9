// Chooses a side of a conflict when the user goes on typing in it.
for (const side of document.querySelectorAll(".choice-side")) {
  side.addEventListener("input", (event) => {
    if (!event.target.matches("[type=radio]")) side.querySelector("[type=radio]").checked = true;
  });
}
