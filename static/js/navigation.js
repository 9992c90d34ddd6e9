// Remembers on this computer whether the user has folded the navigation. On a phone the same switch opens a drawer,
// which starts closed.
const storageKey = "rectify-nav";
const navSwitch = document.getElementById("nav-switch");

if (navSwitch && window.matchMedia("(min-width: 992px)").matches) {
  navSwitch.checked = localStorage.getItem(storageKey) === "closed";
  navSwitch.addEventListener("change", () => {
    localStorage.setItem(storageKey, navSwitch.checked ? "closed" : "open");
  });
}
