// Scrolls the tabs of an inspection so that the active one is in sight where they do not all fit.
for (const bar of document.querySelectorAll(".tabs")) {
  const active = bar.querySelector(".active");
  if (active) bar.scrollLeft = active.offsetLeft - bar.offsetLeft - (bar.clientWidth - active.offsetWidth) / 2;
}
